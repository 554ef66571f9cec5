import { describe, expect, it } from "vitest";
import { countRequest, countTokens, estimateTokens, pieces } from "./tokens.ts";

describe("countTokens", () => {
  it.each([
    ["Hello there", "gpt-4o-mini", 2],
    ["Hello there", "gpt-4", 2],
    ["", "gpt-4o", 0],
    ["tiktoken is great!", "gpt-3.5-turbo", 6],
    ["<|endoftext|>", "gpt-4o", 7],
  ])("%j for %s", async (text, model, tokens) => {
    expect(await countTokens(text, model)).toEqual({ tokens });
  });

  it("estimates what is too large to count", async () => {
    expect(await countTokens("word ".repeat(100_000))).toEqual({ tokens: 125_000, estimated: true });
  });

  it("gets through a long unbroken run", async () => {
    const { tokens } = await countTokens("x".repeat(100_000));
    expect(tokens).toBeGreaterThan(5_000);
  });
});

describe("countRequest", () => {
  it("counts a plain prompt as it is", async () => {
    expect(await countRequest({ prompt: "Hello there" }, "gpt-4o-mini")).toEqual({ tokens: 2 });
    expect(await countRequest({ prompt: ["Hello there", "Hello there", [1, 2, 3]] })).toEqual({ tokens: 7 });
  });

  it("adds what the chat format adds: 3 a message, 1 a name, 3 for the answer", async () => {
    const message = { role: "user", content: "Hello there" };
    expect(await countRequest({ messages: [message] })).toEqual({ tokens: 3 + 1 + 2 + 3 });
    expect(await countRequest({ messages: [{ ...message, name: "bob" }] })).toEqual({ tokens: 3 + 1 + 2 + 1 + 1 + 3 });
  });

  it("counts parts, pictures and what tools were asked", async () => {
    const { tokens } = await countRequest({
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Hello there" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          ],
        },
        { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "go", arguments: "{}" } }] },
      ],
    });
    expect(tokens).toBe(3 + 1 + 2 + 85 + (3 + 1 + 1 + 1) + 3);
  });

  it("counts tools in either form the same", async () => {
    const parameters = { type: "object", properties: { city: { type: "string", description: "Which city" } }, required: ["city"] };
    const openai = await countRequest({
      tools: [{ type: "function", function: { name: "weather", description: "Tells it", parameters } }],
    });
    const anthropic = await countRequest({ tools: [{ name: "weather", description: "Tells it", input_schema: parameters }] });
    expect(openai).toEqual(anthropic);
    expect(openai.tokens).toBeGreaterThan(25);
  });

  it("takes nonsense for nothing", async () => {
    expect(await countRequest({ messages: "no list", tools: [null], prompt: null, system: 7 })).toEqual({ tokens: 0 });
  });
});

describe("pieces", () => {
  it("leaves words alone", () => {
    const text = "some words ".repeat(1000);
    expect(pieces(text)).toEqual([text]);
  });

  it("cuts runs of 2,000 characters, keeps all, and never cuts a character in two", () => {
    const text = `${"ab".repeat(3000)} ${"😀".repeat(3001)}${" ".repeat(5000)}end`;
    const cut = pieces(text);
    expect(cut.join("")).toBe(text);
    for (const piece of cut) expect(() => encodeURIComponent(piece)).not.toThrow();
    for (const piece of cut) expect(/\S{2002}|\s{2002}/.test(piece)).toBe(false);
  });
});

describe("estimateTokens", () => {
  it("takes four bytes for a token, rounded up", () => {
    expect([0, 1, 4, 5].map(estimateTokens)).toEqual([0, 1, 1, 2]);
  });
});
