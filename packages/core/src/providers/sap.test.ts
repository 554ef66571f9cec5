import { fakeClock } from "@tollgate/testkit/fake-clock";
import { scriptedTransport } from "@tollgate/testkit/scripted-transport";
import { describe, expect, it } from "vitest";
import { Cancel } from "../cancel.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import { sap } from "./sap.ts";

const key = JSON.stringify({
  clientid: "id",
  clientsecret: "secret",
  url: "https://auth.example",
  serviceurls: { AI_API_URL: "https://api.ai.example" },
});
const request = (path: string): OutboundRequest => ({
  method: "POST",
  origin: "https://api.ai.example",
  path,
  headers: { authorization: "Bearer t", "content-type": "application/json", "ai-resource-group": "default" },
  body: "{}",
  network: { reach: "configured" },
});

describe("the orchestration deployment", () => {
  it.each([
    [
      { deployment_id: "d1", api_base: "https://api.ai.example/v2" },
      "https://api.ai.example",
      "/v2/inference/deployments/d1/v2/completion",
    ],
    [
      { api_base: "https://api.ai.example/v2/inference/deployments/d2" },
      "https://api.ai.example",
      "/v2/inference/deployments/d2/v2/completion",
    ],
    [{ api_key: key, deployment_id: "d3" }, "https://api.ai.example", "/v2/inference/deployments/d3/v2/completion"],
  ])("is where the settings %j say", (settings, base, path) => {
    const service = sap.serve("gpt-4o", { model: "gpt-4o", ...settings }, {});
    expect(service.baseUrl).toBe(base);
    expect(service.sides.chat?.[0]?.path({ model: "gpt-4o", stream: false, settings: { model: "gpt-4o" } })).toBe(path);
    expect(service.exchange).toBeUndefined();
    expect(service.headers).toEqual({ "ai-resource-group": "default" });
  });

  it("is looked up once where they do not", async () => {
    const service = sap.serve("gpt-4o", { model: "gpt-4o", api_key: key }, {});
    const path = service.sides.chat?.[0]?.path({ model: "gpt-4o", stream: false, settings: { model: "gpt-4o" } }) ?? "";
    const clock = fakeClock();
    const transport = scriptedTransport([{ status: 503, text: "" }, { json: { count: 1, resources: [{ id: "d9", status: "RUNNING" }] } }], {
      otherwise: { json: {} },
    });
    const context = {
      send: transport.send,
      clock,
      cancel: new Cancel(),
      operation: "chat",
      stream: false,
      newId: () => "id",
      asked: () => ({ model: "m", messages: [] }),
      sign: (each: OutboundRequest) => each,
    } as const;
    await expect(service.exchange?.(request(path), context)).rejects.toMatchObject({ kind: "unavailable" });
    await Promise.all([service.exchange?.(request(path), context), service.exchange?.(request(path), context)]);
    expect(transport.sent.map(({ method, path: at }) => `${method} ${at}`)).toEqual([
      "GET /v2/lm/deployments?scenarioId=orchestration&status=RUNNING",
      "GET /v2/lm/deployments?scenarioId=orchestration&status=RUNNING",
      "POST /v2/inference/deployments/d9/v2/completion",
      "POST /v2/inference/deployments/d9/v2/completion",
    ]);
  });
});

describe("SAP credentials", () => {
  it("are a service key, exchanged for a token", async () => {
    const transport = scriptedTransport([{ json: { access_token: "tok", expires_in: 3600 } }]);
    const credential = sap.auth.connect({ model: "m", api_key: key }, { send: transport.send, clock: fakeClock() });
    const signed = await credential.prepare?.(request("/x"));
    expect(signed?.headers["authorization"]).toBe("Bearer tok");
    expect(transport.sent[0]).toMatchObject({
      origin: "https://auth.example",
      path: "/oauth/token",
      body: "grant_type=client_credentials",
    });
    expect(transport.sent[0]?.headers["authorization"]).toBe(`Basic ${Buffer.from("id:secret").toString("base64")}`);
  });

  it("name what is missing", () => {
    expect(() => sap.auth.connect({ model: "m" }, { send: scriptedTransport().send, clock: fakeClock() })).toThrow(/AICORE_SERVICE_KEY/);
  });
});
