/** Plays the fixtures of all dialects: a case is added by adding files. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expectedOf, type FixtureSides, type FixtureTools, fixturesIn, playFixture } from "@tollgate/testkit/fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "../transport/body.ts";
import { jsonLinesSplitter } from "../transport/json-lines.ts";
import { sseSplitter } from "../transport/sse.ts";
import type { DialectName } from "./dialect.ts";

const rows: { readonly [Name in DialectName]: () => Promise<FixtureSides> } = {
  "openai-chat": async () => ({
    provider: (await import("./openai-chat/provider-side.ts")).openaiChat,
    client: (await import("./openai-chat/client-side.ts")).openaiChatClient,
  }),
  "openai-completions": async () => ({
    provider: (await import("./openai-completions/provider-side.ts")).openaiCompletions,
    client: (await import("./openai-completions/client-side.ts")).openaiCompletionsClient,
  }),
  "openai-embeddings": async () => ({
    provider: (await import("./openai-embeddings/provider-side.ts")).openaiEmbeddings,
    client: (await import("./openai-embeddings/client-side.ts")).openaiEmbeddingsClient,
  }),
  "anthropic-messages": async () => ({
    provider: (await import("./anthropic-messages/provider-side.ts")).anthropicMessages,
    client: (await import("./anthropic-messages/client-side.ts")).anthropicMessagesClient,
  }),
  gemini: async () => ({
    provider: (await import("./gemini/provider-side.ts")).gemini,
  }),
  "gemini-embed": async () => ({ provider: (await import("./gemini-embed/provider-side.ts")).geminiEmbed }),
  "ollama-chat": async () => ({ provider: (await import("./ollama-chat/provider-side.ts")).ollamaChat }),
  "ollama-generate": async () => ({ provider: (await import("./ollama-generate/provider-side.ts")).ollamaGenerate }),
  "ollama-embed": async () => ({ provider: (await import("./ollama-embed/provider-side.ts")).ollamaEmbed }),
};

const tools: FixtureTools = { bodyOf: Body.of, splitters: { sse: sseSplitter, "json-lines": jsonLinesSplitter } };
const here = import.meta.dirname;
const folders = readdirSync(here).filter((name) => existsSync(join(here, name, "fixtures")));

it("has a row for every folder with fixtures", () => {
  expect(folders.filter((folder) => !Object.hasOwn(rows, folder))).toEqual([]);
});

describe.each(folders.filter((folder) => Object.hasOwn(rows, folder)) as DialectName[])("%s", (folder) => {
  const fixtures = fixturesIn(join(here, folder, "fixtures"));

  it.each(fixtures)("translates $name", async (fixture) => {
    const expected = expectedOf(fixture);
    expect(playFixture(fixture, await rows[folder](), tools)).toEqual(expected);
  });

  const streams = fixtures.filter(({ kind, client }) => kind === "stream" && !client);
  it.runIf(streams.length > 0).each(streams)("reads $name however it is cut", async (fixture) => {
    const expected = expectedOf(fixture);
    const sides = await rows[folder]();
    const length = fixture.from ? readFileSync(fixture.from).length : 0;
    const cuts = fc.array(fc.nat({ max: length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (positions) => expect(playFixture(fixture, sides, tools, positions)).toEqual(expected)),
      { seed: 7, numRuns: 25 },
    );
    const everyByte = Array.from({ length }, (_, at) => at);
    expect(playFixture(fixture, sides, tools, everyByte)).toEqual(expected);
  });
});
