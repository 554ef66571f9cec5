/** What probes are told of the things that are kept, and that they wake a database that sleeps. */

import fastify from "fastify";
import type { BuiltHouse } from "tollgate/parts";
import { describe, expect, it } from "vitest";
import { type Kept, registerPublicHealth } from "./health-routes.ts";

function probed(keeping: Kept | undefined, why?: string) {
  const app = fastify();
  registerPublicHealth(app, { house: {} as BuiltHouse, version: "1.2.3", notReady: () => why, keeping });
  return app;
}

/** Of a database that begins to open when it is woken. */
function sleeping(): Kept & { woken: number } {
  const kept = {
    woken: 0,
    database: {
      state: "asleep",
      problem: undefined,
      wake() {
        kept.woken += 1;
        this.state = "opening";
      },
    },
    ledger: { state: { waiting: 0, poisoned: 0 } },
  };
  return kept;
}

describe("readiness", () => {
  it("wakes a database that sleeps, and says that it opens", async () => {
    const kept = sleeping();
    const reply = await probed(kept).inject("/health/readiness");
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ status: "healthy", db: "opening", version: "1.2.3" });
    expect(kept.woken).toBe(1);
  });

  it("says why it is not ready, without waking anything", async () => {
    const kept = sleeping();
    const reply = await probed(kept, "The gateway is shutting down.").inject("/health/readiness");
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({ status: "unhealthy", reason: "The gateway is shutting down." });
    expect(kept.woken).toBe(0);
  });

  it("knows of no database where there is none", async () => {
    expect((await probed(undefined).inject("/health/readiness")).json()).toMatchObject({ status: "healthy", db: "Not connected" });
  });
});

it("liveliness lets a database sleep", async () => {
  const kept = sleeping();
  expect((await probed(kept).inject("/health/liveliness")).statusCode).toBe(200);
  expect(kept.woken).toBe(0);
});
