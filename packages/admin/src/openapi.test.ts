import { describe, expect, it } from "vitest";
import { adminPaths } from "./openapi.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: object }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Record<string, object> } } };
  readonly security?: unknown;
  readonly responses: Record<string, unknown>;
}
const paths = adminPaths({ description: "an error" }) as unknown as Record<string, Record<string, Operation>>;
const bodyOf = (path: string, method: string): Record<string, object> | undefined =>
  paths[path]?.[method]?.requestBody?.content["application/json"].schema;

describe("adminPaths", () => {
  it("describes bodies with their limits, and closes them to unknown members", () => {
    const body = bodyOf("/key/generate", "post");
    expect(body).toMatchObject({ type: "object", additionalProperties: false, required: [] });
    expect(body?.["properties"]).toMatchObject({ rpm_limit: { type: "integer", minimum: 0 }, models: { type: "array" } });
    expect(bodyOf("/team/member_delete", "post")?.["required"]).toEqual(["team_id"]);
  });

  it("describes queries and paths as parameters", () => {
    expect(paths["/customer/info"]?.["get"]?.parameters).toMatchObject([{ name: "end_user_id", in: "query", required: true }]);
    expect(paths["/model/{model_id}/update"]?.["patch"]?.parameters).toMatchObject([{ name: "model_id", in: "path", required: true }]);
    expect(bodyOf("/model/{model_id}/update", "patch")?.["properties"]).not.toHaveProperty("model_id");
    expect(bodyOf("/config/cost_discount_config", "patch")?.["additionalProperties"]).toMatchObject({ maximum: 1 });
  });

  it("lists other paths, gives each call a name of its own, and says which need no key", () => {
    expect(paths["/end_user/info"]?.["get"]?.operationId).toBe("customers_info_2");
    const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(paths["/onboarding/claim_token"]?.["post"]?.security).toEqual([]);
    expect(paths["/key/info"]?.["get"]?.responses["default"]).toEqual({ description: "an error" });
  });
});
