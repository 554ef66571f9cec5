/** examples/keys-and-budgets.sh: what LiteLLM's documentation does with keys and budgets, with curl alone. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { MASTER_KEY, startGateway } from "../packages/testkit/src/gateway.ts";
import { freshDatabase } from "../packages/testkit/src/servers/fresh-database.ts";
import { root } from "./known-variables.ts";

it("runs to its end against a new gateway", { timeout: 60_000 }, async () => {
  const fresh = await freshDatabase("embedded");
  const gateway = await startGateway({
    config: readFileSync(join(root, "examples/keys-and-budgets.yaml"), "utf8"),
    database: fresh.database,
  });
  try {
    const env = { PATH: process.env["PATH"], TOLLGATE_URL: gateway.url, LITELLM_MASTER_KEY: MASTER_KEY };
    const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
      execFile("sh", ["examples/keys-and-budgets.sh"], { cwd: root, env }, (error, out, complaints) =>
        resolve({ code: error?.code ?? 0, said: out + complaints }),
      );
    });
    expect(said).toMatch(/delete the team: 200\n$/);
    expect(said).toMatch(/call \d+ exceeds the budget: 429\n {2}.*budget/i);
    expect(code).toBe(0);
  } finally {
    await gateway.close();
    await fresh.remove();
  }
});
