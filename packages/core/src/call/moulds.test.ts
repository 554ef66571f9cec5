import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Moulds } from "./moulds.ts";

interface Says {
  readonly id?: string;
  readonly at?: number;
  readonly model?: string;
  readonly more?: string;
}

/** `content`: JSON inside of its quotes. */
const plain = (content: string, { id = "1", at = 17, model = "wire", more = "" }: Says = {}): string =>
  `data: {"id":"${id}","created":${at},"model":"${model}","choices":[{"delta":{"content":"${content}"},"finish_reason":null}]${more}}\n\n`;

function teach(moulds: Moulds, ...events: readonly string[]): Moulds {
  for (const event of events) {
    const from = event.indexOf('"model":') + 8;
    moulds.learn(event, from, event.indexOf('"', from + 1) + 1);
  }
  return moulds;
}

const taught = (...events: readonly string[]): Moulds => teach(new Moulds(), ...events);
const pass = (moulds: Moulds, event: string): string | undefined => moulds.pass(event, '"public"');
const renamed = (event: string): string => event.replace(/"model":"[^"]*"/, '"model":"public"');

describe("moulds", () => {
  it.each([
    ["different words", "one", "two"],
    ["words that begin alike", " the", " then"],
    ["a word and nothing", "word", ""],
    ["a word and an escape", "word", '\\"\\n\\u00fc\\\\'],
  ])("are learned from %s", (_, first, second) => {
    const moulds = taught(plain(first), plain(second));
    for (const content of [first, second, "", "other", "}{,:[", 'say \\"hi\\"\\n', "\\\\", "\u00e9"])
      expect(pass(moulds, plain(content)), content).toBe(renamed(plain(content)));
  });

  it("know the events of the next stream, once one of another stream was shown", () => {
    const moulds = taught(plain("a"), plain("b"));
    const next = { id: "chatcmpl-2", at: 1_700_000_001, model: "wire-2" };
    expect(pass(moulds, plain("c", next))).toBeUndefined();
    teach(moulds, plain("c", next));
    for (const says of [next, { id: "3" }, { at: 4 }, {}]) expect(pass(moulds, plain("d", says))).toBe(renamed(plain("d", says)));
  });

  it("know several shapes, and forget the one that was not seen for longest", () => {
    const shape = (nth: number, text: string): string => plain(text, { more: `,"shape_${"x".repeat(nth)}":null` });
    const moulds = new Moulds();
    for (let nth = 0; nth < 5; nth += 1) teach(moulds, shape(nth, "a"), shape(nth, "b"));
    const known = [0, 1, 2, 3, 4].map((nth) => pass(moulds, shape(nth, "c")) !== undefined);
    expect(known).toEqual([false, true, true, true, true]);
  });

  it("fit nothing that has other members, or other ends", () => {
    expect(pass(new Moulds(), plain("a"))).toBeUndefined();
    const moulds = taught(plain("a"), plain("b", { id: "2", at: 18 }));
    const others = [
      plain("a").replace("null", '"stop"'),
      plain("a").replace("content", "refusal"),
      plain("a", { more: ',"usage":{"total_tokens":1}' }),
      plain("a").replace('"1"', "1"),
      plain("a").replace("17", '"17"'),
      plain("a").replace("17", ""),
      plain("a\n\nb"),
      plain('","x":"'),
      plain("\\"),
      plain("a").slice(0, -2),
      `${plain("a")}${plain("b")}`,
      "data: [DONE]\n\n",
      "",
    ];
    for (const other of others) expect(pass(moulds, other), other).toBeUndefined();
  });

  it("learn nothing from what is not one JSON object with a model, nor from what is very long", () => {
    const long = plain("a".repeat(5000));
    const moulds = taught(long, "data: []\n\n");
    moulds.learn(plain("a"), 3, 5);
    for (const event of [long, "data: []\n\n", plain("a")]) expect(pass(moulds, event)).toBeUndefined();
  });

  it("change nothing but the model, whatever stands in the free places", () => {
    const moulds = taught(plain("a"), plain("b", { id: "2", at: 18, model: "other" }));
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), (content, id, at, model) => {
        const inside = (text: string): string => Buffer.from(JSON.stringify(text).slice(1, -1)).toString("latin1");
        const event = plain(inside(content), { id: inside(id), at, model: inside(model) });
        const out = pass(moulds, event);
        const { model: shown, ...rest } = JSON.parse(out?.slice(6) ?? "{}");
        const { model: _wire, ...expected } = JSON.parse(event.slice(6));
        expect([shown, rest]).toEqual(["public", expected]);
      }),
    );
  });
});
