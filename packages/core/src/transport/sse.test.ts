import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBlockCutter, MAX_EVENT_BYTES, sseSplitter } from "./sse.ts";
import type { WireEvent } from "./transport.ts";

function split(...parts: readonly (string | Buffer)[]): WireEvent[] {
  const events: WireEvent[] = [];
  const splitter = sseSplitter();
  for (const part of parts) splitter.push(Buffer.from(part), (event) => events.push(event));
  splitter.end((event) => events.push(event));
  return events;
}

/** Cuts bytes at the given places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((to, at) => bytes.subarray(sorted[at], to));
}

const places = fc.array(fc.nat(2000), { maxLength: 12 });

describe("sseSplitter", () => {
  it("reads names and data", () => {
    expect(split("event: ping\ndata: {}\n\ndata: [DONE]\n\n")).toEqual([{ name: "ping", data: "{}" }, { data: "[DONE]" }]);
  });
  it("takes all three line ends", () => {
    expect(split("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\r\n\r\n").map((each) => each.data)).toEqual(["a", "b", "c", "d"]);
  });
  it("does not take a CR LF that is torn apart for two line ends", () => {
    expect(split("data: a\r", "\ndata: b\r", "\n\r", "\n")).toEqual([{ data: "a\nb" }]);
  });
  it("skips comments, ids, retries and events without data", () => {
    expect(split(": OPENROUTER PROCESSING\n\nid: 1\nretry: 5\n\nevent: lonely\n\ndata: x\n\n")).toEqual([{ data: "x" }]);
  });
  it("joins several data lines", () => {
    expect(split("data: a\ndata:b\ndata\ndata:  c\n\n")).toEqual([{ data: "a\nb\n\n c" }]);
  });
  it("keeps empty data that was sent as such", () => {
    expect(split("data:\n\n")).toEqual([{ data: "" }]);
  });
  it("ignores a byte order mark, whole or torn", () => {
    const bytes = Buffer.from("\ufeffdata: a\n\n");
    expect(split(bytes)).toEqual([{ data: "a" }]);
    expect(split(bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2))).toEqual([{ data: "a" }]);
  });
  it("gives the last event without its empty line, or even without its line end, at the end", () => {
    expect(split("data: a\n\ndata: b\n")).toEqual([{ data: "a" }, { data: "b" }]);
    expect(split("data: a\n\ndata: b")).toEqual([{ data: "a" }, { data: "b" }]);
  });
  it("gives an event as soon as its empty line is there", () => {
    const events: WireEvent[] = [];
    const splitter = sseSplitter();
    splitter.push(Buffer.from("data: a\n"), (event) => events.push(event));
    expect(events).toEqual([]);
    splitter.push(Buffer.from("\ndata: b"), (event) => events.push(event));
    expect(events).toEqual([{ data: "a" }]);
  });
  it("refuses an event that would fill our memory, in one line or in many", () => {
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    const lines = Buffer.from(`data: ${"x".repeat(1024 * 1024)}\n`);
    for (const part of [megabyte, lines]) {
      const splitter = sseSplitter();
      expect(() => {
        for (let sent = 0; sent <= MAX_EVENT_BYTES + part.length; sent += part.length) splitter.push(part, () => {});
      }).toThrow(/16 MB/);
    }
  });
  it("gives the same events wherever the bytes are cut", () => {
    const line = fc.constantFrom('data: {"a":"ü€𝄞"}', "data: b", "event: done", ": comment", "data:", "");
    const end = fc.constantFrom("\n", "\r\n", "\r");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), end, places, (lines, lineEnd, cuts) => {
        const bytes = Buffer.from(lines.map((each) => each + lineEnd).join(""));
        expect(split(...cutAt(bytes, cuts))).toEqual(split(bytes));
      }),
    );
  });
});

describe("createBlockCutter", () => {
  it("hands on the very same bytes when they end on a border", () => {
    const cutter = createBlockCutter();
    for (const text of ["data: a\n\n", "data: a\r\n\r\n"]) {
      const bytes = Buffer.from(text);
      expect(cutter.push(bytes)).toBe(bytes);
    }
    expect(cutter.rest()).toHaveLength(0);
  });
  it("keeps back what has no border yet", () => {
    const cutter = createBlockCutter();
    expect(cutter.push(Buffer.from("data: a\n\ndata: b"))?.toString()).toBe("data: a\n\n");
    expect(cutter.push(Buffer.from("c\n"))).toBeUndefined();
    expect(cutter.push(Buffer.from("\ndata"))?.toString()).toBe("data: bc\n\n");
    expect(cutter.rest().toString()).toBe("data");
    expect(cutter.rest().toString()).toBe("");
  });
  it("finds borders of CR LF that are torn anywhere", () => {
    for (let at = 1; at < 11; at += 1) {
      const cutter = createBlockCutter();
      const bytes = Buffer.from("data: a\r\n\r\n");
      const blocks = [cutter.push(bytes.subarray(0, at)), cutter.push(bytes.subarray(at))].filter((each) => each !== undefined);
      expect(Buffer.concat(blocks).toString()).toBe("data: a\r\n\r\n");
    }
  });
  it("refuses to keep more than an event may be long", () => {
    const cutter = createBlockCutter();
    expect(() => {
      for (let at = 0; at < 18; at += 1) cutter.push(Buffer.alloc(1024 * 1024, "x"));
    }).toThrow(/16 MB/);
  });
  it("loses nothing, and each block holds whole events only", () => {
    const event = fc.constantFrom("data: a\n\n", "event: x\ndata: b\n\n", ": c\n\n", "data: ü\r\n\r\n", "data: d\r\r");
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), places, (events, cuts) => {
        const bytes = Buffer.from(events.join(""));
        const cutter = createBlockCutter();
        const blocks = cutAt(bytes, cuts).flatMap((part) => cutter.push(part) ?? []);
        expect(Buffer.concat([...blocks, cutter.rest()]).equals(bytes)).toBe(true);
        const borders = new Set<number>();
        let at = 0;
        for (const each of events) {
          at += Buffer.byteLength(each);
          borders.add(at);
        }
        at = 0;
        for (const block of blocks) {
          at += block.length;
          expect(borders.has(at)).toBe(true);
        }
      }),
    );
  });
});
