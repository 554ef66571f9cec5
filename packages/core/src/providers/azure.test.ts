import { describe, expect, it } from "vitest";
import type { Clock } from "../clock.ts";
import { replyWith } from "../transport/reply.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import { azure, azureText } from "./azure.ts";

const res = "https://my-res.openai.azure.com";

function addressOf(settings: Record<string, string>, named = "my-gpt4o", facts = {}): string {
  const service = azure.serve(named, { model: named, ...settings }, facts);
  const side = service.sides.chat?.[0];
  return service.baseUrl + side?.path({ model: service.model, stream: false, settings: { model: named } });
}

describe("Azure addresses", () => {
  it.each([
    [{ api_base: res, api_version: "2024-10-21" }, `${res}/openai/deployments/my-gpt4o/chat/completions?api-version=2024-10-21`],
    [{ api_base: `${res}/`, api_version: "2024-10-21" }, `${res}/openai/deployments/my-gpt4o/chat/completions?api-version=2024-10-21`],
    [{ api_base: res }, `${res}/openai/deployments/my-gpt4o/chat/completions?api-version=2025-02-01-preview`],
    [
      { api_base: `${res}/openai`, api_version: "2024-10-21" },
      `${res}/openai/deployments/my-gpt4o/chat/completions?api-version=2024-10-21`,
    ],
    [
      { api_base: `${res}/openai/deployments/other`, api_version: "2024-10-21" },
      `${res}/openai/deployments/other/chat/completions?api-version=2024-10-21`,
    ],
    [
      { api_base: `${res}/openai/deployments/other/chat/completions?api-version=2023-12-01` },
      `${res}/openai/deployments/other/chat/completions?api-version=2023-12-01`,
    ],
    [{ api_base: res, api_version: "v1" }, `${res}/openai/v1/chat/completions`],
    [{ api_base: res, api_version: "latest" }, `${res}/openai/v1/chat/completions`],
    [{ api_base: res, api_version: "preview" }, `${res}/openai/v1/chat/completions?api-version=preview`],
    [{ api_base: `${res}/openai/v1/` }, `${res}/openai/v1/chat/completions`],
    [
      { api_base: "https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/my-res", api_version: "2024-10-21" },
      "https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/my-res/my-gpt4o/chat/completions?api-version=2024-10-21",
    ],
  ])("%j is %s", (settings, expected) => {
    expect(addressOf(settings)).toBe(expected);
  });

  it("asks embeddings and text completions at the same deployment", () => {
    const settings = { model: "e", api_base: res, api_version: "2024-10-21" };
    const embed = azure.serve("e", settings, {}).sides.embed?.[0];
    const text = azureText.serve("t", settings, {}).sides.chat?.[0];
    expect(embed?.path({ model: "e", stream: false, settings })).toBe("/embeddings?api-version=2024-10-21");
    expect(text?.path({ model: "t", stream: false, settings })).toBe("/completions?api-version=2024-10-21");
  });

  it("takes the prefix that forces a family out of the name", () => {
    expect(addressOf({ api_base: res }, "gpt5_series/thinker")).toContain("/deployments/thinker/");
    expect(azure.serve("o_series/x", { model: "x" }, {}).quirks?.rename).toEqual({ max_tokens: "max_completion_tokens" });
  });

  it("goes by base_model where a deployment has a name of its own", () => {
    const service = azure.serve("thinker", { model: "thinker", api_base: res }, { base_model: "azure/gpt-5" });
    expect(service.refuses?.({ temperature: 0.2 })).toEqual(["temperature"]);
  });
});

describe("what an Azure API version refuses", () => {
  const refused = (api_version: string, asked: Record<string, unknown>) =>
    azure.serve("d", { model: "d", api_base: res, api_version }, {}).refuses?.(asked) ?? [];

  it.each([
    ["2024-05-13", { tool_choice: "required" }, ["tool_choice"]],
    ["2024-06-01", { tool_choice: "required" }, []],
    ["2023-05-15", { tool_choice: "auto" }, ["tool_choice"]],
    ["2024-07-01", { response_format: { type: "json_schema" } }, ["response_format"]],
    ["2024-08-01-preview", { response_format: { type: "json_schema" } }, []],
    ["v1", { response_format: { type: "json_schema" } }, []],
  ])("%s asked %j: %j", (version, asked, expected) => {
    expect(refused(version, asked)).toEqual(expected);
  });
});

describe("Azure credentials", () => {
  const app = { model: "d", tenant_id: "t-1", client_id: "c-1", client_secret: "s-1" };
  const request: OutboundRequest = { method: "POST", origin: res, path: "/x", headers: {}, network: { reach: "configured" } };

  /** A scripted Entra ID and a clock that is set by hand. */
  function entra(answers: readonly object[] = [], status = 200) {
    const sent: OutboundRequest[] = [];
    let now = 0;
    const clock: Clock = {
      now: () => now,
      ticks: () => now,
      after: () => ({ refresh() {}, cancel() {} }),
      every: () => () => {},
    };
    const send = async (asked: OutboundRequest) => {
      sent.push(asked);
      const body = answers[sent.length - 1] ?? { access_token: `token-${sent.length}`, expires_in: 3600 };
      return replyWith({ status, body: JSON.stringify(body) });
    };
    return { sent, tools: { clock, send }, pass: (milliseconds: number) => (now += milliseconds) };
  }

  it("prefers the key, then the given token", () => {
    const { tools } = entra();
    expect(azure.auth.connect({ ...app, api_key: "k", azure_ad_token: "t" }, tools).headers).toEqual({ "api-key": "k" });
    expect(azure.auth.connect({ ...app, azure_ad_token: "t" }, tools).headers).toEqual({ authorization: "Bearer t" });
  });

  it("fetches a token for the app, once for calls at the same time and until it is nearly over", async () => {
    const { sent, tools, pass } = entra();
    const credential = azure.auth.connect({ ...app, azure_authority_host: "https://login.example/" }, tools);
    const both = await Promise.all([credential.prepare?.(request), credential.prepare?.(request)]);
    expect(both.map((each) => each?.headers)).toEqual([{ authorization: "Bearer token-1" }, { authorization: "Bearer token-1" }]);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ origin: "https://login.example", path: "/t-1/oauth2/v2.0/token" });
    expect(Object.fromEntries(new URLSearchParams(String(sent[0]?.body)))).toEqual({
      grant_type: "client_credentials",
      client_id: "c-1",
      client_secret: "s-1",
      scope: "https://cognitiveservices.azure.com/.default",
    });
    pass(3_000_000);
    await credential.prepare?.(request);
    expect(sent).toHaveLength(1);
    pass(500_000);
    expect((await credential.prepare?.(request))?.headers).toEqual({ authorization: "Bearer token-2" });
  });

  it("fetches anew after the provider refused the token", async () => {
    const { sent, tools } = entra();
    const credential = azure.auth.connect(app, tools);
    await credential.prepare?.(request);
    expect(credential.renew?.()).toBe(true);
    await credential.prepare?.(request);
    expect(sent).toHaveLength(2);
  });

  it("says why there is no token, and tries again at the next call", async () => {
    const { sent, tools } = entra([{ error: "invalid_client", error_description: "AADSTS7000215: wrong secret" }], 401);
    const credential = azure.auth.connect(app, tools);
    await expect(credential.prepare?.(request)).rejects.toThrow("AADSTS7000215");
    await expect(credential.prepare?.(request)).rejects.toThrow("tenant_id");
    expect(sent).toHaveLength(2);
  });

  it("says what to set when nothing is set", () => {
    expect(() => azure.auth.connect({ model: "d", tenant_id: "t" }, entra().tools)).toThrow("AZURE_API_KEY");
  });
});
