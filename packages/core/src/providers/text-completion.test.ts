/** OpenAI's text models. */

import { expect, it } from "vitest";
import { textCompletionOpenai } from "./text-completion.ts";

it("serves chat and text completions by /completions", () => {
  const { sides, baseUrl } = textCompletionOpenai.serve("gpt-3.5-turbo-instruct", { model: "gpt-3.5-turbo-instruct" }, {});
  expect(sides.chat?.map((side) => side.path({ model: "m", stream: false, settings: { model: "m" } }))).toEqual(["/completions"]);
  expect(baseUrl).toBe("https://api.openai.com/v1");
});

it("goes where the deployment says", () => {
  const settings = { model: "m", api_base: "https://example.com/v1" };
  expect(textCompletionOpenai.serve("m", settings, {}).baseUrl).toBe("https://example.com/v1");
});
