/** Rankings passed on as they are, and what they are said to have used. */

import { expect, it } from "vitest";
import { Body } from "../../transport/body.ts";
import type { Inbound } from "../dialect.ts";
import { cohereRerankClient } from "./client-side.ts";
import { cohereRerank } from "./provider-side.ts";

const at = { publicModel: "public-model", now: 1_790_000_000, newId: () => "id1" };
const results = [{ index: 0, relevance_score: 0.9 }];

it("changes nothing of a tidy reply", () => {
  expect(cohereRerank.replyPatch({ id: "r", results, meta: { billed_units: { search_units: 1 } } }, at)).toEqual({ set: {} });
});

it("puts `data` where `results` belong, and `score` where `relevance_score` does", () => {
  expect(cohereRerank.replyPatch({ id: "r", data: [{ index: 0, score: 0.9 }] }, at)).toEqual({ set: { results }, remove: ["data"] });
});

it("takes a 200 with an error for an error, and one with neither for no answer", () => {
  expect(() => cohereRerank.replyPatch({ error: { message: "Too long.", code: 400 } }, at)).toThrow("Too long.");
  expect(() => cohereRerank.replyPatch({}, at)).toThrow(expect.objectContaining({ kind: "bad_reply" }));
});

it.each([
  [{ meta: { billed_units: { search_units: 2 } } }, { units: { queries: 2 } }],
  [{ usage: { total_tokens: 31 } }, { inputTokens: 31 }],
  [{ meta: { billed_units: { total_tokens: 9 }, tokens: { input_tokens: 9, output_tokens: 0 } } }, { inputTokens: 9 }],
  [{}, { units: { queries: 1 } }],
])("finds in %j what was used", (body, usage) => expect(cohereRerank.usage({ status: 200, headers: {}, body })).toEqual(usage));

it.each([
  ["model", { query: "a", documents: ["b"] }],
  ["query", { model: "m", documents: ["b"] }],
  ["query", { model: "m", query: ["a"], documents: ["b"] }],
  ["documents", { model: "m", query: "a" }],
  ["documents", { model: "m", query: "a", documents: [] }],
  ["documents", { model: "m", query: "a", documents: "b" }],
])("names '%s' when it is missing or wrong", (param, body) => {
  const inbound: Inbound = { headers: {}, params: {}, query: {}, body: Body.of(body) };
  expect(() => cohereRerankClient.ask(inbound)).toThrow(
    expect.objectContaining({ kind: "bad_request", detail: expect.objectContaining({ param }) }),
  );
});
