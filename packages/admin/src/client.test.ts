import { describe, expect, it } from "vitest";
import { AdminError, createAdminClient } from "./client.ts";

interface Sent {
  readonly url: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers: Headers;
}

function clientThat(answer: () => Response): { readonly admin: ReturnType<typeof createAdminClient>; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const admin = createAdminClient({
    url: "http://gateway/root/",
    key: "sk-admin",
    fetch: async (url, { method, body, headers } = {}) => {
      sent.push({ url: String(url), method, body: typeof body === "string" ? JSON.parse(body) : body, headers: new Headers(headers) });
      return answer();
    },
  });
  return { admin, sent };
}

describe("createAdminClient", () => {
  it("sends what a POST takes as JSON, with the key, and gives the reply", async () => {
    const { admin, sent } = clientThat(() => Response.json({ key: "sk-new", models: [], spend: 0, metadata: {} }));
    const { key } = await admin.keys.generate({ key_alias: "ci" });
    expect(key).toBe("sk-new");
    expect(sent[0]).toMatchObject({ url: "http://gateway/root/key/generate", method: "POST", body: { key_alias: "ci" } });
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer sk-admin");
  });

  it("puts what a GET takes into the address: lists repeated, nothing for what is not said", async () => {
    const { admin, sent } = clientThat(() => Response.json({ keys: [] }));
    await admin.keys.list({ page: 2, expand: ["user", "a b"], team_id: undefined });
    expect(sent[0]?.url).toBe("http://gateway/root/key/list?page=2&expand=user&expand=a+b");
    expect(sent[0]).toMatchObject({ method: "GET", body: undefined });
    await admin.teams.list();
    expect(sent[1]?.url).toBe("http://gateway/root/team/list");
  });

  it("puts path parameters into the path, encoded, and nowhere else", async () => {
    const { admin, sent } = clientThat(() => Response.json({}));
    await admin.models.patch({ model_id: "a/b", model_name: "c" });
    expect(sent[0]).toMatchObject({ url: "http://gateway/root/model/a%2Fb/update", method: "PATCH", body: { model_name: "c" } });
    await admin.config.setCostDiscounts({ discounts: { acme: 0.05 } });
    expect(sent[1]?.body).toEqual({ acme: 0.05 });
  });

  it("throws what the gateway refused, in its words", async () => {
    const error = { message: "No such key.", type: "not_found_error", param: "key", code: "404" };
    const { admin } = clientThat(() => Response.json({ error }, { status: 404, headers: { "x-litellm-call-id": "id-1" } }));
    const thrown = await admin.keys.block({ key: "sk-x" }).catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(AdminError);
    expect(thrown).toMatchObject({ status: 404, message: "No such key.", type: "not_found_error", param: "key", callId: "id-1" });
  });

  it("throws a readable error for a page of some proxy on the way", async () => {
    const { admin } = clientThat(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(admin.budgets.list()).rejects.toMatchObject({ status: 502, message: "The gateway answered 502 Bad Gateway" });
  });
});
