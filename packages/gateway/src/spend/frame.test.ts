import { describe, expect, it } from "vitest";
import { entriesIn, framesOf, headerOf, readFrames, readHeader } from "./frame.ts";

const frameOf = (entry: string): string => framesOf([entry]);
const entries = ['+{"call_id":"a","model":"gpt"}', '+{"call_id":"b","model":"日本語 🙂"}', '~{"call_id":"c"}'];
const whole = Buffer.from(entries.map(frameOf).join(""));

describe("frames", () => {
  it("are read as they were written", () => {
    expect(readFrames(whole, 0)).toEqual({ entries, damaged: [], torn: 0 });
  });

  it("lose only the last one when the file is torn at any byte of it", () => {
    const kept = Buffer.byteLength(entries.slice(0, 2).map(frameOf).join(""));
    for (let length = kept; length < whole.length; length += 1) {
      const read = readFrames(whole.subarray(0, length), 0);
      expect(read.entries).toEqual(entries.slice(0, 2));
      expect(read.torn).toBe(length - kept);
      expect(read.damaged).toEqual([]);
    }
  });

  it("lose exactly one when any byte in the middle is changed", () => {
    const [begin, end] = [Buffer.byteLength(frameOf(entries[0] ?? "")), Buffer.byteLength(entries.slice(0, 2).map(frameOf).join(""))];
    for (let at = begin; at < end - 1; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      const read = readFrames(bytes, 0);
      expect(read.entries).toEqual([entries[0], entries[2]]);
      expect(read.damaged).toHaveLength(1);
      expect(read.torn).toBe(0);
    }
  });

  it("are all found when only a line end is changed", () => {
    const bytes = Buffer.from(whole);
    bytes[Buffer.byteLength(frameOf(entries[0] ?? "")) - 1] = 0;
    expect(readFrames(bytes, 0).entries).toEqual(entries);
  });

  it("hold some entries each, and are lost with all of theirs only", () => {
    const many = Array.from({ length: 40 }, (_, at) => `+{"call_id":"${at}","text":"a\\u001eb"}`);
    const bytes = Buffer.from(framesOf(many));
    expect(readFrames(bytes, 0).entries).toEqual(many);
    expect(entriesIn(framesOf(many))).toBe(40);
    bytes[30] = 0;
    expect(readFrames(bytes, 0).entries).toEqual(many.slice(16));
    expect(framesOf([])).toBe("");
  });

  it("end where a crash left zeros behind", () => {
    expect(readFrames(Buffer.concat([whole, Buffer.alloc(4096)]), 0)).toEqual({ entries, damaged: [], torn: 4096 });
  });
});

describe("the header", () => {
  it("says version and instance", () => {
    expect(readHeader(headerOf("i-1").trimEnd())).toEqual({ version: 2, instanceId: "i-1" });
  });
  it("is not seen in anything else", () => expect(readHeader("tollgate-sp")).toBeUndefined());
});
