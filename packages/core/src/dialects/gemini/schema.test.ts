import { describe, expect, it } from "vitest";
import { openApiSchema, parameterSchema } from "./schema.ts";

describe("openApiSchema", () => {
  it("ends where a schema holds itself, by itself or by two that hold each other", () => {
    const schema = {
      $ref: "#/$defs/A",
      $defs: {
        A: { type: "object", properties: { b: { $ref: "#/$defs/B" } } },
        B: { type: "object", properties: { a: { $ref: "#/$defs/A" } } },
      },
    };
    expect(openApiSchema(schema)).toEqual({
      type: "object",
      properties: { b: { type: "object", properties: { a: { type: "object" } } } },
    });
  });
  it("follows the same reference at two places", () => {
    const schema = {
      properties: { a: { $ref: "#/definitions/T" }, b: { $ref: "#/definitions/T" } },
      definitions: { T: { type: "string" } },
    };
    expect(openApiSchema(schema)).toEqual({ type: "object", properties: { a: { type: "string" }, b: { type: "string" } } });
  });
  it("survives a reference to nowhere and an allOf that holds itself", () => {
    expect(openApiSchema({ $ref: "#/$defs/Missing" })).toEqual({ type: "object" });
    const loop = { type: "object", properties: { a: { $ref: "#/$defs/L" } }, $defs: { L: { allOf: [{ $ref: "#/$defs/L" }] } } };
    expect(openApiSchema(loop)).toHaveProperty("properties.a");
  });
  it("refuses references that would grow without end", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `D${at}`,
        { properties: { a: { $ref: `#/$defs/D${at + 1}` }, b: { $ref: `#/$defs/D${at + 1}` } } },
      ]),
    );
    expect(() => openApiSchema({ $ref: "#/$defs/D0", $defs })).toThrow(/references/);
  });
  it("keeps a property that is named like a keyword", () => {
    const schema = { type: "object", properties: { $schema: { type: "string" }, const: { type: "number" } } };
    expect(openApiSchema(schema)).toEqual(schema);
  });
});

describe("parameterSchema", () => {
  it.each([[undefined], [{}], [{ type: "object" }], [{ type: "object", properties: {}, required: [] }]])("is nothing for %j", (schema) => {
    expect(parameterSchema(schema)).toBeUndefined();
  });
});
