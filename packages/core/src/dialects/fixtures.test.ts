/** Plays the fixtures of all dialects: a case is added by adding files. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AnyClientSide,
  type AnyProviderSide,
  expectedOf,
  type Fixture,
  type FixtureSides,
  type FixtureTools,
  fixturesIn,
  playFixture,
} from "@tollgate/testkit/fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "../transport/body.ts";
import { jsonLinesSplitter } from "../transport/json-lines.ts";
import { sseSplitter } from "../transport/sse.ts";
import type { DialectName } from "./dialect.ts";

interface Row {
  readonly provider?: () => Promise<AnyProviderSide>;
  readonly client?: () => Promise<AnyClientSide>;
}

const rows: { readonly [Name in DialectName]: Row } = {
  "openai-chat": {
    provider: async () => (await import("./openai-chat/provider-side.ts")).openaiChat,
    client: async () => (await import("./openai-chat/client-side.ts")).openaiChatClient,
  },
  "openai-completions": {
    provider: async () => (await import("./openai-completions/provider-side.ts")).openaiCompletions,
    client: async () => (await import("./openai-completions/client-side.ts")).openaiCompletionsClient,
  },
  "openai-embeddings": {
    provider: async () => (await import("./openai-embeddings/provider-side.ts")).openaiEmbeddings,
    client: async () => (await import("./openai-embeddings/client-side.ts")).openaiEmbeddingsClient,
  },
  "anthropic-messages": { provider: async () => (await import("./anthropic-messages/provider-side.ts")).anthropicMessages },
  gemini: { provider: async () => (await import("./gemini/provider-side.ts")).gemini },
  "gemini-embed": { provider: async () => (await import("./gemini-embed/provider-side.ts")).geminiEmbed },
  "ollama-chat": { provider: async () => (await import("./ollama-chat/provider-side.ts")).ollamaChat },
  "ollama-generate": { provider: async () => (await import("./ollama-generate/provider-side.ts")).ollamaGenerate },
  "ollama-embed": { provider: async () => (await import("./ollama-embed/provider-side.ts")).ollamaEmbed },
};

/** Only the side that is played, so that a dialect may have one before the other. */
const sidesFor = async ({ client }: Fixture, { provider: loadProvider, client: loadClient }: Row): Promise<FixtureSides> =>
  client ? { client: await loadClient?.() } : { provider: await loadProvider?.() };

const tools: FixtureTools = { bodyOf: Body.of, splitters: { sse: sseSplitter, "json-lines": jsonLinesSplitter } };
const here = import.meta.dirname;
const folders = readdirSync(here).filter((name) => {
  const folder = join(here, name, "fixtures");
  return existsSync(folder) && readdirSync(folder).length > 0;
});

it("has a row for every folder with fixtures", () => {
  expect(folders.filter((folder) => !Object.hasOwn(rows, folder))).toEqual([]);
});

describe.each(folders.filter((folder) => Object.hasOwn(rows, folder)) as DialectName[])("%s", (folder) => {
  const fixtures = fixturesIn(join(here, folder, "fixtures"));

  it.each(fixtures)("translates $name", async (fixture) => {
    const expected = expectedOf(fixture);
    expect(playFixture(fixture, await sidesFor(fixture, rows[folder]), tools)).toEqual(expected);
  });

  const streams = fixtures.filter(({ kind, client }) => kind === "stream" && !client);
  it.each(streams)("reads $name however it is cut", async (fixture) => {
    const expected = expectedOf(fixture);
    const sides = await sidesFor(fixture, rows[folder]);
    const length = fixture.from ? readFileSync(fixture.from).length : 0;
    const cuts = fc.array(fc.nat({ max: length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (positions) => {
        expect(playFixture(fixture, sides, tools, positions)).toEqual(expected);
      }),
      { seed: 7, numRuns: 25 },
    );
    const everyByte = Array.from({ length }, (_, at) => at);
    expect(playFixture(fixture, sides, tools, everyByte)).toEqual(expected);
  });
});
