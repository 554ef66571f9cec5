import { expect, it } from "vitest";
import { formFields } from "./form-fields.ts";

const kinds = { n: "number", stream: "boolean", include: "list" } as const;

it.each<[string, [string, string][], object]>([
  ["a text is a text, whatever it looks like", [["prompt", "5"]], { prompt: "5" }],
  [
    "numbers and switches are read where they are ones",
    [
      ["n", "2"],
      ["stream", "True"],
    ],
    { n: 2, stream: true },
  ],
  [
    "what is no number stays what it is",
    [
      ["n", "two"],
      ["stream", "maybe"],
    ],
    { n: "two", stream: "maybe" },
  ],
  ["name[] is a list, even of one", [["tags_of_mine[]", "a"]], { tags_of_mine: ["a"] }],
  [
    "a name said twice is a list",
    [
      ["a", "1"],
      ["a", "2"],
    ],
    { a: ["1", "2"] },
  ],
  ["a list may be written as JSON", [["include", '["logprobs"]']], { include: ["logprobs"] }],
  ["a list may be one word", [["include", "logprobs"]], { include: ["logprobs"] }],
  [
    "the gateway's own fields are objects and switches",
    [
      ["metadata", '{"a":1}'],
      ["drop_params", "true"],
    ],
    { metadata: { a: 1 }, drop_params: true },
  ],
  ["what says where a call goes stays a text", [["api_key", "123"]], { api_key: "123" }],
])("%s", (_, texts, expected) => expect(formFields(texts, kinds)).toEqual(expected));

it("makes no prototype of a name", () => {
  const fields = formFields([["__proto__", "x"]], kinds);
  expect(Object.hasOwn(fields, "__proto__")).toBe(true);
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
});
