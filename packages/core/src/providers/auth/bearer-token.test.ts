import { fakeClock } from "@tollgate/testkit/fake-clock";
import { scriptedTransport } from "@tollgate/testkit/scripted-transport";
import { describe, expect, it } from "vitest";
import type { OutboundRequest } from "../../transport/transport.ts";
import type { Auth } from "../provider.ts";
import { databricksAuth } from "./databricks.ts";
import { gigachatAuth } from "./gigachat.ts";
import { ibmAuth } from "./ibm-iam.ts";

const call: OutboundRequest = {
  method: "POST",
  origin: "https://w.example",
  path: "/x",
  headers: { accept: "*/*" },
  network: { reach: "configured", proxy: "http://proxy:1" },
};

function connected(auth: Auth, settings: Record<string, string>, replies: Parameters<typeof scriptedTransport>[0]) {
  const clock = fakeClock();
  const transport = scriptedTransport(replies, { clock });
  const credential = auth.connect({ model: "m", ...settings }, { send: transport.send, clock });
  const token = async () => (await credential.prepare?.(call))?.headers["authorization"];
  return { clock, transport, credential, token };
}

const given = (access_token: string, more: object = { expires_in: 3600 }) => ({ json: { access_token, ...more } });

describe("a token", () => {
  it("is fetched once for calls at the same time, over the network of the calls", async () => {
    const { token, transport } = connected(ibmAuth, { api_key: "k" }, [given("one")]);
    expect(await Promise.all([token(), token(), token()])).toEqual(["Bearer one", "Bearer one", "Bearer one"]);
    expect(transport.sent).toHaveLength(1);
    expect(transport.sent[0]).toMatchObject({
      origin: "https://iam.cloud.ibm.com",
      path: "/identity/token",
      body: "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=k",
      network: call.network,
    });
  });

  it("is fetched anew shortly before it expires, and after a refusal", async () => {
    const { token, clock, credential } = connected(ibmAuth, { api_key: "k" }, [given("one"), given("two"), given("three")]);
    expect(await token()).toBe("Bearer one");
    await clock.advance(3_500_000);
    expect(await token()).toBe("Bearer two");
    expect(credential.renew?.()).toBe(true);
    expect(await token()).toBe("Bearer three");
  });

  it("may tell its end as a moment", async () => {
    const { token, clock } = connected(gigachatAuth, { api_key: "Y3JlZHM=" }, [
      given("one", { expires_at: 1_790_001_800_000 }),
      given("two"),
    ]);
    expect(await token()).toBe("Bearer one");
    await clock.advance(1_600_000);
    expect(await token()).toBe("Bearer one");
    await clock.advance(100_000);
    expect(await token()).toBe("Bearer two");
  });

  it("that is not given is an error without the secret", async () => {
    const { token } = connected(ibmAuth, { api_key: "sk-secret" }, [
      { status: 400, json: { errorCode: "BXNIM0415E", errorMessage: "Provided API key could not be found." } },
    ]);
    const failure = await token().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ kind: "upstream_auth", message: expect.stringContaining("could not be found") });
    expect(JSON.stringify(failure)).not.toContain("sk-secret");
  });

  it("that could not be fetched is tried again by the next call", async () => {
    const { token } = connected(ibmAuth, { api_key: "k" }, [{ status: 503, text: "" }, given("one")]);
    await expect(token()).rejects.toMatchObject({ kind: "unavailable" });
    expect(await token()).toBe("Bearer one");
  });
});

describe("Databricks", () => {
  it("gives tokens to a service principal at the workspace itself", async () => {
    const { token, transport } = connected(databricksAuth, { client_id: "id", client_secret: "secret" }, [given("one")]);
    expect(await token()).toBe("Bearer one");
    expect(transport.sent[0]).toMatchObject({
      origin: "https://w.example",
      path: "/oidc/v1/token",
      body: "grant_type=client_credentials&scope=all-apis",
    });
  });

  it("takes a personal access token as it is, and says what is missing", () => {
    expect(connected(databricksAuth, { api_key: "dapi" }, []).credential.headers).toEqual({ authorization: "Bearer dapi" });
    expect(() => connected(databricksAuth, {}, [])).toThrow(/DATABRICKS_API_KEY.*DATABRICKS_CLIENT_ID/);
  });
});

describe("watsonx", () => {
  it.each([
    [{ token: "t" }, "Bearer t"],
    [{ zen_api_key: "z" }, "ZenApiKey z"],
  ])("takes %j as it is", (settings, expected) => {
    expect(connected(ibmAuth, settings as Record<string, string>, []).credential.headers).toEqual({ authorization: expected });
  });
});

describe("GigaChat", () => {
  it("asks for its scope with an id of the request", async () => {
    const { token, transport } = connected(gigachatAuth, { api_key: "Y3JlZHM=", gigachat_scope: "GIGACHAT_API_CORP" }, [given("one")]);
    await token();
    expect(transport.sent[0]).toMatchObject({
      origin: "https://ngw.devices.sberbank.ru:9443",
      path: "/api/v2/oauth",
      body: "scope=GIGACHAT_API_CORP",
    });
    expect(transport.sent[0]?.headers).toMatchObject({ authorization: "Basic Y3JlZHM=", rquid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});
