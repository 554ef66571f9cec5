/** Bad days of providers: no credential, an old one, a wrong clock, tasks without an end, images that cannot be had. */

import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../../../testkit/src/fake-clock.ts";
import { type ScriptedReply, type ScriptedTransport, scriptedTransport } from "../../../testkit/src/scripted-transport.ts";
import { answered, providerCalls } from "../../../testkit/src/suites/ask-provider.ts";
import { chatReply } from "../../../testkit/src/wire-samples.ts";
import type { ClientSide } from "../dialects/dialect.ts";
import { openaiChatClient } from "../dialects/openai-chat/client-side.ts";
import { buildHouse } from "../house.ts";
import { bundledPriceBook } from "../pricing/price-book.ts";
import { providers } from "../providers/catalog.ts";
import { notBuilt } from "../providers/not-built.ts";
import { routerSettingsFrom } from "../router/settings-from.ts";
import { Body } from "../transport/body.ts";
import { createTransport } from "../transport/pool.ts";
import type { Transport } from "../transport/transport.ts";
import { beginCall } from "./begin.ts";
import { type Opened, open } from "./open.ts";

const book = await bundledPriceBook();
let clock: FakeClock;
let transport: ScriptedTransport;
beforeEach(() => {
  clock = fakeClock();
  transport = scriptedTransport([], { clock });
});

const hello = [{ role: "user", content: "Hi" }];

interface Asking {
  readonly params: object;
  readonly messages?: readonly object[];
  readonly through?: Transport;
}

function ask({ params, messages = hello, through = transport }: Asking): Promise<Opened> {
  const rows = [{ model_name: "public", litellm_params: { model: "", num_retries: 0, ...params } }];
  const router = routerSettingsFrom({ disable_cooldowns: true });
  const house = buildHouse({ rows, router, book, transport: through, clock, chance: () => 0 });
  const at = { headers: {}, params: {}, query: {}, body: Body.of({ model: "public", messages }) };
  const done = open(beginCall("call", openaiChatClient as ClientSide, at), house);
  done.catch(() => {});
  return done;
}

describe("without a credential", () => {
  const address = { api_base: "https://own.example/v1" };
  /** What some cannot do without beside a key. */
  const needs: Readonly<Record<string, object>> = {
    predibase: { predibase_tenant_id: "t" },
    watsonx: { project_id: "p" },
    watsonx_text: { project_id: "p" },
  };
  const keyed = providers.filter((provider) => !notBuilt.includes(provider) && provider.auth.env.length > 0);
  const talk = keyed.filter((provider) => provider.serve("m", { model: "m", ...address }, {}).sides.chat);

  it.each(talk.map((provider) => [provider.name, provider] as const))(
    "%s says what to set, and where",
    async (name, { auth, settingsEnv = {} }) => {
      transport.script({ json: chatReply("Hello") });
      const refused = await ask({ params: { model: `${name}/m`, ...address, ...needs[name] } }).then(
        () => undefined,
        (error: unknown) => error,
      );
      // Servers of one's own may be asked without a key.
      if (transport.sent.length > 0) return;
      expect(refused).toMatchObject({ kind: "no_credentials", status: 401, provider: name });
      const { message } = refused as Error;
      expect([...auth.env, ...Object.values(settingsEnv).flat()].some((variable) => message.includes(variable))).toBe(true);
      expect(message).toMatch(/litellm_params|api_key/);
    },
  );
});

describe("a token that is refused", () => {
  const params = { model: "watsonx/ibm/granite", api_key: "k", api_base: "https://us-south.ml.cloud.ibm.com", project_id: "p" };
  const refused: ScriptedReply = {
    status: 401,
    json: { errors: [{ code: "authentication_token_expired", message: "The token expired." }] },
  };
  const token = (access_token: string): ScriptedReply => ({ json: { access_token, expires_in: 3600 } });

  it("is fetched anew once", async () => {
    transport.script(token("old"), refused, token("new"), { json: chatReply("Hello") });
    const { answer } = await ask({ params });
    expect(answer.kind).toBe("json");
    const keys = transport.sent.map(({ headers }) => headers["authorization"]).filter((key) => key?.startsWith("Bearer"));
    expect(keys).toEqual(["Bearer old", "Bearer new"]);
  });

  it("is told when the new one is refused, too", async () => {
    transport.script(token("old"), refused, token("new"), refused);
    await expect(ask({ params })).rejects.toMatchObject({
      kind: "upstream_auth",
      provider: "watsonx",
      message: expect.stringContaining("The token expired."),
    });
    expect(transport.sent.length).toBe(4);
  });
});

describe("a clock that is wrong", () => {
  const params = {
    model: "bedrock/amazon.nova-lite-v1:0",
    aws_access_key_id: "AKIA",
    aws_secret_access_key: "s",
    aws_region_name: "us-east-1",
  };
  const late = (date: string): ScriptedReply => ({
    status: 403,
    headers: { date, "x-amzn-errortype": "InvalidSignatureException" },
    json: { message: "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z" },
  });

  it("is set by the server's, once", async () => {
    const date = new Date(clock.now() + 3_600_000).toUTCString();
    const said = { output: { message: { role: "assistant", content: [{ text: "Hello" }] } }, stopReason: "end_turn" };
    transport.script(late(date), { json: said });
    await ask({ params });
    const days = transport.sent.map(({ headers }) => headers["x-amz-date"]);
    expect(days.length).toBe(2);
    expect(days[1]).not.toBe(days[0]);
  });

  it("is told when that does not help", async () => {
    const date = new Date(clock.now() + 3_600_000).toUTCString();
    transport.script(late(date), late(date));
    await expect(ask({ params })).rejects.toMatchObject({ kind: "upstream_auth", provider: "bedrock" });
  });
});

describe("a task that never ends", () => {
  it("ends with the call's time, and names the provider", async () => {
    const calls = await providerCalls();
    const otherwise = { json: { id: "p1", status: "processing" } };
    const asking = { model: "replicate/meta/llama", body: { messages: hello }, settings: { timeout: 5 }, otherwise };
    await expect(answered(calls.ask("chat", asking))).rejects.toMatchObject({
      kind: "timeout",
      provider: "replicate",
      message: expect.stringContaining("replicate did not answer within 5 s"),
    });
  });
});

describe("an image that a provider wants to have", () => {
  const params = { model: "ollama_chat/llava", api_base: "http://own.example" };
  const shows = (url: string) => [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];

  it.each<[string, ScriptedReply, string]>([
    ["is not there", { status: 404 }, "the server answered 404"],
    ["is too large", { headers: { "content-length": "60000000" }, text: "" }, "larger than 50 MB"],
    ["is elsewhere forever", { status: 302, headers: { location: "/again" } }, "more than 3 redirects"],
  ])("%s: the client is told", async (_, reply, why) => {
    transport.script(reply, reply, reply, reply);
    const refused = ask({ params, messages: shows("https://i.example/a.png?secret=1") });
    await expect(refused).rejects.toMatchObject({
      kind: "image_fetch",
      status: 400,
      provider: "ollama_chat",
      message: expect.stringContaining(why),
    });
    await expect(refused).rejects.not.toThrow(/secret/);
  });

  it("does not come: the client is told before the call's own time is up", async () => {
    transport.script({ delayMs: 600_000, text: "" });
    const refused = ask({ params, messages: shows("https://i.example/a.png") });
    await clock.advance(31_000);
    await expect(refused).rejects.toMatchObject({ kind: "image_fetch", message: expect.stringContaining("within 30 s") });
    expect(transport.sent[0]?.cancel.aborted).toBe(true);
  });

  it.each([
    "http://127.0.0.1/a.png",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/a.png",
    "http://10.0.0.7/a.png",
    "http://localhost/a.png",
    "http://0x7f.1/a.png",
  ])("lies at %s, where no client may look", async (url) => {
    const through = createTransport();
    const refused = ask({ params, messages: shows(url), through });
    await expect(refused).rejects.toMatchObject({ kind: "image_fetch", status: 400, message: expect.stringContaining("not public") });
    await through.close();
  });
});
