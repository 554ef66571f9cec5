/** The fixture player itself: it must fail where a fixture is incomplete. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cut, deepFreeze, expectedOf, fixturesIn } from "./fixtures.ts";

describe("a folder of fixtures", () => {
  let folder = "";
  const put = (...files: string[]): void => {
    for (const file of files) writeFileSync(join(folder, file), "{}");
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fixtures-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("pairs what is translated with what must come out, in each side's direction", () => {
    put(
      "a.request.hub.json",
      "a.request.wire.json",
      "a.client.stream.hub.json",
      "a.client.stream.sse",
      "a.stream.ndjson",
      "a.stream.hub.json",
      "a.context.json",
    );
    const pairs = fixturesIn(folder).map(({ name, from, to }) => [name, from?.slice(folder.length + 1), to?.slice(folder.length + 1)]);
    expect(pairs).toEqual([
      ["a.client.stream", "a.client.stream.hub.json", "a.client.stream.sse"],
      ["a.request", "a.request.hub.json", "a.request.wire.json"],
      ["a.stream", "a.stream.ndjson", "a.stream.hub.json"],
    ]);
  });

  it.each(["a.request.hub.json", "a.request.wire.json", "a.stream.sse", "a.client.response.wire.json"])(
    "fails when %s stands alone",
    (file) => {
      put(file);
      for (const fixture of fixturesIn(folder)) expect(() => expectedOf(fixture)).toThrow("has no pair");
    },
  );

  it("fails for a name that it does not know", () => {
    put("a.reply.json");
    expect(() => fixturesIn(folder)).toThrow("is no fixture");
  });
});

it("cuts bytes at the positions inside", () => {
  expect(cut(Buffer.from("abcdef"), [4, 1, 4, 0, 6, 9]).map(String)).toEqual(["a", "bcd", "ef"]);
});

it("freezes what lies deep", () => {
  const value = deepFreeze({ a: [{ b: 1 }] });
  expect(() => {
    (value.a[0] as { b: number }).b = 2;
  }).toThrow(TypeError);
});
