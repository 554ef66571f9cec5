import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { costNano } from "./cost.ts";
import { compilePrice } from "./price.ts";
import { bundledPriceBook, openPriceBook, type PriceBook } from "./price-book.ts";
import { readPriceFile } from "./price-file.ts";

const row = (provider: string, price: number) => ({ litellm_provider: provider, input_cost_per_token: price });

const small = openPriceBook(
  {
    plain: row("north", 1),
    "north/prefixed": row("north", 2),
    "vendor.model-v1:0": row("cloud_talk", 3),
    "eu.vendor.model-v1:0": row("cloud_talk", 4),
    "cloud/far-east-1/vendor.model-v1:0": row("cloud", 5),
    "ft:tunable": row("north", 6),
    "cloud-maker": row("cloud-maker_models", 7),
    Mixed: row("north", 8),
    "low/1024-x-1024/painter": row("north", 9),
  },
  { kin: { anyone: ["*"], sibling: ["north"] }, home: { cloud_talk: "cloud" } },
);

describe("facts", () => {
  it.each([
    ["north", "plain", 1],
    ["north", "prefixed", 2],
    ["north", "PLAIN", 1],
    ["north", "mixed", 8],
    ["north", "plain-20991231", 1],
    ["north", "plain@20991231", 1],
    ["north", "ft:tunable:acme:mine:7", 6],
    ["north", "ft:plain:acme::7", 1],
    ["cloud", "vendor.model-v1:0", 3],
    ["cloud", "eu.vendor.model-v1:0", 4],
    ["cloud", "us.vendor.model-v1:0", 3],
    ["cloud", "vendor.model-v1:0:51k", 3],
    ["cloud", "far-east-1/vendor.model-v1:0", 5],
    ["cloud", "far-west-1/vendor.model-v1:0", 3],
    ["cloud", "arn:cloud:1:inference-profile/us.vendor.model-v1:0", 3],
    ["cloud", "cloud-maker", 7],
    ["sibling", "plain", 1],
    ["sibling", "prefixed", 2],
    ["anyone", "cloud-maker", 7],
    ["", "north/prefixed", 2],
    ["", "north/plain", 1],
    ["", "plain", 1],
  ])("of %s, %s", (provider, model, price) => {
    expect(small.facts(provider, model).input_cost_per_token).toBe(price);
  });

  it.each([
    ["south", "plain"],
    ["nor", "plain"],
    ["north", "plai"],
    ["north", ""],
    ["north", "toString"],
    ["", "south/plain"],
  ])("of %s, %s are unknown", (provider, model) => {
    expect(small.facts(provider, model)).toEqual({});
  });
});

describe("providerOf", () => {
  it.each([
    ["plain", "north"],
    ["vendor.model-v1:0", "cloud"],
    ["cloud-maker", "cloud"],
    ["nobody", undefined],
    ["north/plain", undefined],
  ])("%s is of %s", (model, provider) => {
    expect(small.providerOf(model)).toBe(provider);
  });
});

describe("names", () => {
  it("are wire names of models, without rows that are only prices", () => {
    expect(small.names("north")).toEqual(["Mixed", "plain", "prefixed"]);
    expect(small.names("nobody")).toEqual([]);
  });
});

describe("the bundled book", () => {
  let book: PriceBook;
  beforeAll(async () => {
    book = await bundledPriceBook();
  });

  it("is opened once", async () => {
    expect(await bundledPriceBook()).toBe(book);
  });

  it("reads rows line by line as a parser reads the whole", async () => {
    const text = await readFile(new URL("./prices.json", import.meta.url));
    const whole = JSON.parse(text.toString());
    expect(book.rows()).toEqual(whole.rows);
    const { kin, home } = readPriceFile(text);
    expect({ kin, home }).toEqual({ kin: whole.kin, home: whole.home });
    const reformatted = readPriceFile(Buffer.from(JSON.stringify(whole, null, 1)));
    expect(Object.keys(whole.rows)).toEqual([...reformatted.rows.names()]);
  });

  it.each([
    ["openai", "gpt-4o-mini", 1.5e-7],
    ["azure", "gpt-4o", 2.5e-6],
    ["bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", 1e-6],
    ["vertex_ai", "gemini-2.5-pro", 1.25e-6],
    ["gemini", "gemini-2.5-flash", 3e-7],
    ["litellm_proxy", "gpt-4o-mini", 1.5e-7],
  ])("knows %s/%s", (provider, model, price) => {
    expect(book.facts(provider, model).input_cost_per_token).toBe(price);
  });

  it("knows whose bare names are", () => {
    expect(["gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"].map(book.providerOf)).toEqual(["openai", "anthropic", "vertex_ai"]);
  });

  it("has a price for every row that names one", () => {
    const unknown = Object.entries(book.rows()).filter(([, facts]) => {
      const names = Object.keys(facts).some((field) => /^(in|out)put_cost_per_(token|second|image|character|query|request)$/.test(field));
      return names && !compilePrice(facts).known;
    });
    expect(unknown.map(([name, facts]) => [name, Object.keys(facts)])).toEqual([]);
  });

  it("charges a chat on every row with token prices what its rates say", () => {
    for (const [name, facts] of Object.entries(book.rows())) {
      const { input_cost_per_token: input, output_cost_per_token: output } = facts;
      if (input === undefined || output === undefined || facts["input_cost_per_request"] !== undefined) continue;
      if (input + output === 0) continue;
      const cost = costNano({ inputTokens: 1000, outputTokens: 100 }, compilePrice(facts));
      expect(Math.abs((cost ?? -1) - (1000 * input + 100 * output) * 1e9), name).toBeLessThanOrEqual(1);
    }
  });
});
