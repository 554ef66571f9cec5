import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineCutter, jsonLinesSplitter } from "./json-lines.ts";

function split(...parts: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = jsonLinesSplitter();
  for (const part of parts) splitter.push(Buffer.from(part), (event) => lines.push(event.data));
  splitter.end((event) => lines.push(event.data));
  return lines;
}

describe("jsonLinesSplitter", () => {
  it("makes each line an event, skips empty ones and gives the last without its line end", () => {
    expect(split('{"a":1}\n\r\n{"b":2}\r\n{"c":3}')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });
  it("gives the same lines wherever the bytes are cut", () => {
    const bytes = Buffer.from('\ufeff{"a":"ü€𝄞"}\n{"b":2}\r\n\n{"c":3}');
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        expect(split(bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to))).toEqual(split(bytes));
      }),
    );
  });
  it("refuses a line that would fill our memory", () => {
    const splitter = jsonLinesSplitter();
    expect(() => {
      for (let at = 0; at < 18; at += 1) splitter.push(Buffer.alloc(1024 * 1024, "x"), () => {});
    }).toThrow(/16 MB/);
  });
});

describe("createLineCutter", () => {
  it("hands on whole lines and keeps the rest", () => {
    const cutter = createLineCutter();
    const whole = Buffer.from("{}\n");
    expect(cutter.push(whole)).toBe(whole);
    expect(cutter.push(Buffer.from('{"a":'))).toBeUndefined();
    expect(cutter.push(Buffer.from("1}\n{"))?.toString()).toBe('{"a":1}\n');
    expect(cutter.rest().toString()).toBe("{");
  });
});
