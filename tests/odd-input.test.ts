/** Input that is wrong, odd or hostile, in any field of the admin API: taken as a text or refused by name, never executed, never 500. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestGateway } from "../packages/testkit/src/gateway.ts";
import { type Call, callTo } from "./call-to.ts";
import { type Kept, openKept } from "./kept-gateway.ts";

let kept: Kept;
let gateway: TestGateway;

beforeAll(async () => {
  kept = await openKept({ engine: "embedded" });
  const [first] = kept.gateways;
  if (!first) throw new Error("one was asked for");
  gateway = first;
}, 60_000);
afterAll(() => kept.close());

const call: Call = (what, body, key) => callTo(gateway, what, body, key);

describe("input that is wrong", () => {
  it.each([
    ["POST /key/generate", { max_budget: -1 }, "max_budget"],
    ["POST /key/generate", { duration: "soon" }, "duration"],
    ["POST /key/generate", { nosuch: 1 }, "nosuch"],
    ["POST /key/generate", { key: "mine" }, "key"],
    ["POST /key/generate", { team_id: "nowhere" }, "team_id"],
    ["POST /team/new", { rpm_limit: -1 }, "rpm_limit"],
    ["POST /user/new", { user_role: "king" }, "user_role"],
    ["POST /budget/new", { max_budget: "much" }, "max_budget"],
    ["GET /key/list?page=0", undefined, "page"],
    ["GET /key/list?page=1000000000", undefined, "page"],
    ["GET /key/list?size=101", undefined, "size"],
    ["GET /spend/logs?start_date=2026-02-01&end_date=2026-01-01", undefined, "end_date"],
  ])("%s with %j names the field", async (what, given, field) => {
    const { status, body } = await call(what, given);
    expect([400, 404, 422]).toContain(status);
    expect(body.error).toMatchObject({ code: String(status), param: field, message: expect.stringContaining(field.split("_")[0] ?? "") });
  });

  const odd = ["'; DROP TABLE keys; --", "%", "_", "a\u0000b", "\ud800", "😀", "__proto__", "constructor", "../..", "x".repeat(10_000_000)];
  it.each([
    ["/key/generate", (text: string) => ({ key_alias: text, metadata: { text } })],
    ["/key/update", (text: string) => ({ key: text, max_budget: 1 })],
    ["/user/new", (text: string) => ({ user_id: text, user_email: text })],
    ["/team/new", (text: string) => ({ team_id: text, team_alias: text })],
    ["/customer/new", (text: string) => ({ user_id: text })],
    ["/tag/new", (text: string) => ({ name: text, description: text })],
    ["/v1/chat/completions", (text: string) => ({ model: text, messages: [] })],
  ])("%s takes odd texts as texts or refuses them", async (path, bodyOf) => {
    for (const text of odd) {
      const name = JSON.stringify(text.slice(0, 30));
      const { status } = await call(`POST ${path}`, bodyOf(text));
      expect(status, name).toBeLessThan(500);
    }
  });

  it("in a path or a query is no more than a name", async () => {
    for (const text of odd.filter((each) => each.length < 100 && each !== "\ud800")) {
      for (const path of [
        "/key/info?key=",
        "/user/list?user_email=",
        "/v1/models/",
        "/model_group/info?model_group=",
        "/spend/logs?user_id=",
      ]) {
        const { status, headers } = await call(`GET ${path}${encodeURIComponent(text)}`);
        expect(status, path + text).toBeLessThan(500);
        expect(headers.get("x-litellm-call-id"), path).toMatch(/^[\w-]{36}$/);
      }
    }
    expect((await call("GET /user/list?user_email=%25%25")).body["total"]).toBe(0);
  });

  it("a method that a path does not take is told which it does", async () => {
    const reply = await call("GET /key/generate");
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
