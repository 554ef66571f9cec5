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
    moulds.learn(event, { model: [from, event.indexOf('"', from + 1) + 1] });
  }
  return moulds;
}

const taught = (...events: readonly string[]): Moulds => teach(new Moulds(), ...events);

function pass(moulds: Moulds, event: string): string | undefined {
  const cast = moulds.cast(event);
  return cast && `${cast.before}"public"${cast.after}`;
}

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
    const cut = plain("a").replace("null", '"stop');
    const moulds = taught(long, "data: []\n\n", cut);
    moulds.learn(plain("a"), { model: [3, 5] });
    const uncut = cut.replace('"stop', "stop");
    for (const event of [long, "data: []\n\n", plain("a"), cut, uncut]) expect(pass(moulds, event)).toBeUndefined();
  });

  it("stop to learn from texts that are never alike, and look again now and then", () => {
    const moulds = new Moulds();
    let lessons = 0;
    const look = (nth: number): void => {
      const text = plain("a", { more: `,"m${nth}":null` });
      expect(pass(moulds, text)).toBeUndefined();
      if (moulds.wants(text)) lessons += 1;
      teach(moulds, text);
    };
    for (let nth = 0; nth < 100; nth += 1) look(nth);
    expect(lessons).toBe(24);
    for (let nth = 100; nth < 1200; nth += 1) look(nth);
    expect(lessons).toBe(26);
  });

  it("take texts with many escapes, and leave those alone that could be too much", () => {
    const moulds = taught(plain("a"), plain("b"));
    const many = plain("\\n".repeat(500_000));
    expect(pass(moulds, many)).toBe(renamed(many));
    const tooMany = plain("\\n".repeat(530_000));
    expect(pass(moulds, tooMany)).toBeUndefined();
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

describe("moulds of replies", () => {
  interface Told {
    readonly id?: unknown;
    readonly reason?: string;
    readonly usage?: unknown;
  }
  const reply = ({ id = "r-1", reason = "stop", usage = { total_tokens: 3, cost: null } }: Told): string =>
    JSON.stringify({ id, usage, model: "wire", choices: [{ finish_reason: reason, text: "Hi" }] });
  const placeOf = (text: string, value: unknown): [number, number] => {
    const json = JSON.stringify(value);
    const from = text.indexOf(json);
    return [from, from + json.length];
  };
  const show = (moulds: Moulds, told: Told): void => {
    const text = reply(told);
    const { id, usage } = JSON.parse(text);
    moulds.learn(text, { model: placeOf(text, "wire"), id: placeOf(text, id), usage: placeOf(text, usage) });
  };

  it("tell the id and what was used, wherever they stand", () => {
    const moulds = new Moulds();
    show(moulds, {});
    show(moulds, { usage: { total_tokens: 4, cost: null } });
    const cast = moulds.cast(reply({ id: "r-2", usage: { total_tokens: 51e3, cost: null } }));
    expect([cast?.id, cast?.usage]).toEqual(["r-2", '{"total_tokens":51000,"cost":null}']);
    expect(`${cast?.before}"x"${cast?.after}`).toBe(reply({ id: "r-2", usage: { total_tokens: 51e3, cost: null } }).replace("wire", "x"));
    expect(moulds.cast(reply({ usage: null }))).toBeUndefined();
    show(moulds, { usage: null });
    expect(moulds.cast(reply({ usage: null }))?.usage).toBe("null");
  });

  it.each([
    ["with escapes", 'a"b'],
    ["beyond ASCII", "\u00fc"],
    ["of another kind", 7],
  ])("know no id %s", (_, id) => {
    const moulds = new Moulds();
    show(moulds, {});
    show(moulds, { id });
    expect(moulds.cast(reply({ id }))).toBeUndefined();
  });

  it("differ where a member that is pinned does, and nowhere else", () => {
    const moulds = new Moulds(["finish_reason"]);
    for (const reason of ["stop", "length"]) show(moulds, { reason });
    const known = ["stop", "length", "eos"].map((reason) => moulds.cast(reply({ reason, id: "r-9" })) !== undefined);
    expect(known).toEqual([true, true, false]);
    const free = new Moulds();
    for (const reason of ["stop", "length"]) show(free, { reason });
    expect(free.cast(reply({ reason: "eos" }))).toBeDefined();
  });
});
