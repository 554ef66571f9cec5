import { describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import type { Settings } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import { providerNamed, providers } from "./catalog.ts";
import { notBuilt } from "./not-built.ts";
import type { Provider, Service } from "./provider.ts";

const tools = {
  clock: systemClock,
  send: () => {
    throw new Error("Nothing may be sent while a credential is connected.");
  },
};
const settings: Settings = { model: "some-model", api_key: "sk-key", api_base: undefined };
const built = providers.filter((provider) => !notBuilt.includes(provider));
const withAddress = built.filter((provider) => provider.serve("some-model", settings, {}).baseUrl !== "");

/** What some cannot do without, beside a key or instead of it. */
const needs: Readonly<Record<string, Partial<Settings>>> = {
  gigachat: { gigachat_access_token: "sk-key" },
  watsonx: { token: "sk-key", project_id: "p-1" },
  watsonx_text: { token: "sk-key", project_id: "p-1" },
};

function serviceOf(provider: Provider, more: Partial<Settings> = {}): Service {
  return provider.serve("some-model", { ...settings, ...needs[provider.name], ...more }, {});
}

/** All that a service makes of a chat request before the call's own code sends it. */
function wireOf(service: Service, asked: Record<string, unknown>): Record<string, unknown> {
  let wire: Record<string, unknown> = { ...asked };
  const { drop = [], rename = {}, force = {}, rules = [] } = service.quirks ?? {};
  for (const name of drop) delete wire[name];
  for (const [from, to] of Object.entries(rename)) {
    if (wire[from] === undefined) continue;
    wire[to] = wire[from];
    delete wire[from];
  }
  Object.assign(wire, force);
  for (const rule of rules) {
    const patch = rule(wire, {}, asked as never);
    const gone = new Set(patch?.remove ?? []);
    wire = { ...Object.fromEntries(Object.entries(wire).filter(([name]) => !gone.has(name))), ...patch?.set };
  }
  return wire;
}

describe("the catalog", () => {
  it("names nobody twice", () => {
    const names = providers.map((provider) => provider.name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("finds by name what it holds, and nothing else", () => {
    expect(providerNamed("groq")?.title).toBe("Groq");
    expect(providerNamed("constructor")).toBeUndefined();
  });

  it("covers the wide field", () => {
    expect(built.length).toBeGreaterThanOrEqual(120);
  });
});

describe.each(withAddress.map((provider) => [provider.name, provider] as const))("%s", (_, provider) => {
  it("has an address that is safe to send a key to", () => {
    const { protocol, hostname } = new URL(serviceOf(provider).baseUrl);
    if (protocol === "http:") expect(hostname).toMatch(/^(localhost|127\.0\.0\.1|demo\.localhost)$/);
    else expect(protocol).toBe("https:");
  });

  it("takes another address", () => {
    if (provider.name === "demo") return;
    expect(serviceOf(provider, { api_base: "https://elsewhere.example/v1" }).baseUrl).toMatch(/^https:\/\/elsewhere\.example(\/|$)/);
  });
});

describe.each(built.map((provider) => [provider.name, provider] as const))("%s", (_, provider) => {
  it("shows its key in one header or another", async () => {
    if (provider.auth.env.length === 0) return;
    const credential = provider.auth.connect({ ...settings, ...needs[provider.name] }, tools);
    const plain = {
      method: "POST",
      origin: "https://elsewhere.example",
      path: "/",
      headers: {},
      network: { reach: "configured" },
    } as const;
    const final = credential.prepare ? await credential.prepare(plain) : plain;
    expect(Object.values({ ...final.headers, ...credential.headers }).join(" ")).toContain("sk-key");
  });

  it("says what to set when there is no key, or needs none", () => {
    try {
      expect(provider.auth.connect({ model: "m" }, tools).headers ?? {}).toEqual({});
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      const variables = [...provider.auth.env, ...Object.values(provider.settingsEnv ?? {}).flat()];
      expect(variables.filter((name) => String(error).includes(name))).not.toEqual([]);
    }
  });

  it("lets a parameter through that nobody knows", () => {
    const wire = wireOf(serviceOf(provider), { model: "some-model", messages: [{ role: "user", content: "Hi" }], my_flag: 1 });
    expect(wire["my_flag"]).toBe(1);
    expect(wire["messages"]).toEqual([{ role: "user", content: "Hi" }]);
  });

  it("is asked for something", () => {
    expect(Object.values(serviceOf(provider).sides).flat().length).toBeGreaterThan(0);
  });

  it("takes the output limit under the name that it is sent", () => {
    const service = serviceOf(provider);
    const { rename = {} } = service.quirks ?? {};
    for (const from of Object.keys(rename))
      if (service.supports.chat && from.startsWith("max_")) expect([...service.supports.chat]).toContain(from);
  });
});

describe.each(notBuilt.map((provider) => [provider.name, provider] as const))("%s, which is not built", (name, provider) => {
  it("says so and what to do", () => {
    const call = () => provider.serve("some-model", settings, {});
    expect(call).toThrow(GatewayError);
    expect(call).toThrow(`${name}/some-model`);
  });
});

describe("quirks of rows", () => {
  const chat = { model: "m", messages: [{ role: "user", content: "Hi" }] };
  const wire = (name: string, more: Record<string, unknown>) => {
    const provider = providerNamed(name);
    if (!provider) throw new Error(`No provider ${name}`);
    return wireOf(serviceOf(provider), { ...chat, ...more });
  };

  it.each([
    ["deepinfra", { max_completion_tokens: 20 }, { max_tokens: 20 }],
    ["mistral", { seed: 3, max_completion_tokens: 5 }, { random_seed: 3, max_tokens: 5 }],
    ["mistral", { tool_choice: "required" }, { tool_choice: "any" }],
    ["mistral", { stream: true, stream_options: { include_usage: true } }, { stream: true }],
    ["ai21_chat", { stream: true, stream_options: { include_usage: true } }, { stream: true }],
    ["perplexity", { stream: true, stream_options: { include_usage: true } }, { stream: true }],
    ["cerebras", { stream_options: { include_usage: true } }, {}],
    ["openrouter", {}, { usage: { include: true } }],
    ["openrouter", { thinking: { type: "enabled", budget_tokens: 9 } }, { usage: { include: true }, reasoning: { max_tokens: 9 } }],
    ["fireworks_ai", { tool_choice: "required" }, { model: "accounts/fireworks/models/m", tool_choice: "any" }],
    ["moonshot", { temperature: 1.4 }, { temperature: 1 }],
    ["moonshot", { temperature: 0, n: 2 }, { temperature: 0.3, n: 2 }],
    ["scx-ai", { temperature: 2 }, { temperature: 1.99 }],
    ["deepseek", { reasoning_effort: "none" }, { thinking: { type: "disabled" } }],
    ["deepseek", { thinking: { type: "enabled", budget_tokens: 5 } }, { thinking: { type: "enabled" } }],
    ["groq", { service_tier: "default" }, { service_tier: "on_demand" }],
    ["together_ai", { response_format: { type: "text" } }, {}],
    ["meta_llama", { response_format: { type: "json_object" } }, {}],
  ])("%s turns %j into %j", (name, given, expected) => {
    expect(wire(name, given)).toEqual({ ...chat, ...expected });
  });

  it("takes strict out of xAI's tools, and nothing else", () => {
    const tool = { type: "function", function: { name: "f", strict: true, parameters: { type: "object" } } };
    expect(wire("xai", { tools: [tool] })["tools"]).toEqual([
      { type: "function", function: { name: "f", parameters: { type: "object" } } },
    ]);
  });

  it("keeps a user's name at xAI and drops the system's", () => {
    const messages = [
      { role: "system", name: "rules", content: "Be brief." },
      { role: "user", name: "visitor", content: "Hi" },
    ];
    expect(wire("xai", { messages })["messages"]).toEqual([{ role: "system", content: "Be brief." }, messages[1]]);
  });

  it("joins text parts for DeepSeek, but leaves an image where it is", () => {
    const text = [
      { type: "text", text: "Name a " },
      { type: "text", text: "river." },
    ];
    const image = [{ type: "image_url", image_url: { url: "data:," } }, ...text];
    expect(wire("deepseek", { messages: [{ role: "user", content: text }] })["messages"]).toEqual([
      { role: "user", content: "Name a river." },
    ]);
    expect(wire("deepseek", { messages: [{ role: "user", content: image }] })["messages"]).toEqual([{ role: "user", content: image }]);
  });

  it("asks Moonshot by words to call a tool", () => {
    const sent = wire("moonshot", { tool_choice: "required" });
    expect(sent["tool_choice"]).toBeUndefined();
    expect(sent["messages"]).toHaveLength(2);
  });

  it("calls the developer's word the system's where OpenAI's role is unknown", () => {
    const messages = [{ role: "developer", content: "Be brief." }];
    expect(wire("nebius", { messages })["messages"]).toEqual([{ role: "system", content: "Be brief." }]);
    expect(wire("custom_openai", { messages })["messages"]).toEqual(messages);
  });

  it("cleans the schemas of Mistral's tools without touching a parameter that is called strict", () => {
    const parameters = {
      $schema: "x",
      type: "object",
      additionalProperties: false,
      properties: { strict: { type: "boolean" }, city: { type: "string" } },
    };
    const sent = wire("mistral", { tools: [{ type: "function", function: { name: "f", strict: true, parameters } }] });
    const cleaned = { type: "object", properties: { strict: { type: "boolean" }, city: { type: "string" } } };
    expect(sent["tools"]).toEqual([{ type: "function", function: { name: "f", parameters: cleaned } }]);
  });
});

describe("quirks of replies", () => {
  const reply = (name: string, body: unknown): unknown => providerNamed(name)?.serve("m", settings, {}).quirks?.reply?.(body);
  const chunk = (name: string, data: unknown): unknown => {
    const event = providerNamed(name)
      ?.serve("m", settings, {})
      .quirks?.chunk?.({ data: JSON.stringify(data) });
    return JSON.parse(event?.data ?? "null");
  };

  it("makes reasoning_content of what others call reasoning", () => {
    const body = { choices: [{ message: { role: "assistant", content: "4", reasoning: "Two and two." } }] };
    const expected = { choices: [{ message: { role: "assistant", content: "4", reasoning_content: "Two and two." } }] };
    expect(reply("openrouter", body)).toEqual(expected);
    expect(chunk("groq", { choices: [{ delta: { reasoning: "Two" } }] })).toEqual({ choices: [{ delta: { reasoning_content: "Two" } }] });
  });

  it("takes Mistral's parts apart", () => {
    const thinking = { type: "thinking", thinking: [{ type: "text", text: "Sum." }] };
    const body = { choices: [{ message: { role: "assistant", content: [thinking, { type: "text", text: "4" }] } }] };
    expect(reply("mistral", body)).toEqual({ choices: [{ message: { role: "assistant", content: "4", reasoning_content: "Sum." } }] });
    expect(chunk("mistral", { choices: [{ delta: { content: [thinking] } }] })).toEqual({
      choices: [{ delta: { content: null, reasoning_content: "Sum." } }],
    });
  });

  it("counts xAI's reasoning into the answer once", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 35, completion_tokens_details: { reasoning_tokens: 20 } };
    const told = reply("xai", { usage }) as { usage: { completion_tokens: number } };
    expect(told.usage.completion_tokens).toBe(25);
    expect(reply("xai", told)).toEqual(told);
  });

  it("makes annotations of Perplexity's marks", () => {
    const told = reply("perplexity", {
      choices: [{ message: { role: "assistant", content: "Yes [2]." } }],
      citations: ["https://a.example", "https://b.example"],
      search_results: [{ url: "https://b.example", title: "B" }],
    });
    const citation = { url: "https://b.example", title: "B", start_index: 4, end_index: 7 };
    expect(told).toMatchObject({ choices: [{ message: { annotations: [{ type: "url_citation", url_citation: citation }] } }] });
  });
});

describe("addresses and names made of the model id", () => {
  const served = (name: string, model: string, more: Partial<Settings> = {}) =>
    providerNamed(name)?.serve(model, { ...settings, ...more }, {});

  it.each([
    ["baseten", "abcd1234", {}, "https://model-abcd1234.api.baseten.co/environments/production/sync/v1", "abcd1234"],
    ["baseten", "moonshotai/Kimi-K2", {}, "https://inference.baseten.co/v1", "moonshotai/Kimi-K2"],
    [
      "clarifai",
      "openai.chat-completion.gpt-oss-20b",
      {},
      "https://api.clarifai.com/v2/ext/openai/v1",
      "https://clarifai.com/openai/chat-completion/models/gpt-oss-20b",
    ],
    ["mistral", "m", { api_base: "https://m.example" }, "https://m.example/v1", "m"],
    ["ragflow", "chat/77/qwen", { api_base: "https://r.example" }, "https://r.example/api/v1/chats_openai/77", "qwen"],
    ["bedrock_mantle", "m", { aws_region_name: "eu-west-1" }, "https://bedrock-mantle.eu-west-1.api.aws/v1", "m"],
    ["heroku", "claude", { api_base: "https://eu.inference.heroku.com/" }, "https://eu.inference.heroku.com/v1", "claude"],
  ])("%s/%s with %j is %s and %s", (name, model, more, baseUrl, wireModel) => {
    expect(served(name, model, more)).toMatchObject({ baseUrl, model: wireModel });
  });
});
