/** Thinking in tags, however the text is cut. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { splitThinking, thinkSplitter } from "./think-tags.ts";

it.each([
  ["<think>Hm.</think>Yes", "Hm.", "Yes"],
  ["\n <think></think>Yes", "", "Yes"],
  ["<think>cut off </thi", "cut off </thi", ""],
  ["Yes, <think>no</think>", "", "Yes, <think>no</think>"],
  ["<thinking>no tag", "", "<thinking>no tag"],
  ["<th", "", "<th"],
  ["  ", "", "  "],
])("splits %j", (text, reasoning, content) => {
  expect(splitThinking(text)).toEqual({ reasoning, content });
});

it("says the same however the text is cut", () => {
  const piece = fc.constantFrom("<think>", "</think>", "<", "/", "think", ">", " ", "a");
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), (whole, cuts) => {
      expect(inPieces(whole, cuts)).toEqual(splitThinking(whole));
    }),
    { seed: 7, numRuns: 500 },
  );
});

function inPieces(whole: string, cuts: readonly number[]): { reasoning: string; content: string } {
  const splitter = thinkSplitter();
  const positions = [...cuts].sort((a, b) => a - b);
  const splits = [...positions, whole.length].map((end, at) => splitter.push(whole.slice(positions[at - 1] ?? 0, end)));
  splits.push(splitter.end());
  return { reasoning: splits.map((split) => split.reasoning).join(""), content: splits.map((split) => split.content).join("") };
}
