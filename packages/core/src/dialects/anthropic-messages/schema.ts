/** JSON schemas cut to what the wire takes: for a tool's input, and for an answer that must fit. */

import { isObject, objectIn, objectsIn, textIn } from "./json.ts";
import type { JsonObject } from "./wire.ts";

/** An input schema is an object at its top, without alternatives there. */
export function toolSchema(told: unknown): JsonObject {
  const { $schema: _, anyOf, oneOf, allOf, ...schema } = objectIn(told);
  const variants = [...objectsIn(anyOf), ...objectsIn(oneOf), ...objectsIn(allOf)];
  const inner = Object.assign({}, ...variants.map((variant) => objectIn(variant["properties"])));
  return { ...schema, type: "object", properties: { ...inner, ...objectIn(schema["properties"]) } };
}

const kept = ["type", "enum", "const", "title", "default"];
const formats = new Set(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"]);
const structure = new Set([
  "properties",
  "additionalProperties",
  "items",
  "anyOf",
  "oneOf",
  "allOf",
  "required",
  "$defs",
  "definitions",
  "$ref",
  "$schema",
  "description",
]);

/**
 * What structured outputs take: references resolved, objects closed, `oneOf` as `anyOf`; a constraint that the wire does not
 * know is told to the model in the description. Undefined for a schema that refers to itself, which the wire refuses.
 * Source: platform.claude.com/docs/en/build-with-claude/structured-outputs.
 */
export function answerSchema(schema: JsonObject): JsonObject | undefined {
  const outcome = { recursive: false };
  const cut = cutNode(schema, { root: schema, path: [], outcome });
  return outcome.recursive ? undefined : cut;
}

interface Walk {
  readonly root: JsonObject;
  /** References that are being resolved. */
  readonly path: readonly string[];
  readonly outcome: { recursive: boolean };
}

function cutNode(told: JsonObject, walk: Walk): JsonObject {
  const ref = textIn(told["$ref"]);
  if (ref) return cutReference(ref, told, walk);
  const node: JsonObject = {};
  const lost: JsonObject = {};
  for (const [name, value] of Object.entries(told)) {
    if (kept.includes(name)) node[name] = value;
    else if (name === "format" && formats.has(String(value))) node[name] = value;
    else if (name === "minItems" && (value === 0 || value === 1)) node[name] = value;
    else if (!structure.has(name)) lost[name] = value;
  }
  if (isObject(told["properties"]) || isObjectType(told["type"])) {
    node["properties"] = Object.fromEntries(
      Object.entries(objectIn(told["properties"])).map(([name, each]) => [name, cutNode(objectIn(each), walk)]),
    );
    node["additionalProperties"] = false;
  }
  if (Array.isArray(told["required"])) node["required"] = told["required"];
  if (isObject(told["items"])) node["items"] = cutNode(told["items"], walk);
  const variants = [...objectsIn(told["anyOf"]), ...objectsIn(told["oneOf"])];
  if (variants.length > 0) node["anyOf"] = variants.map((each) => cutNode(each, walk));
  if (Array.isArray(told["allOf"])) node["allOf"] = objectsIn(told["allOf"]).map((each) => cutNode(each, walk));
  const description = described(told, lost);
  if (description) node["description"] = description;
  return node;
}

function isObjectType(type: unknown): boolean {
  return type === "object" || (Array.isArray(type) && type.includes("object"));
}

function cutReference(ref: string, told: JsonObject, walk: Walk): JsonObject {
  if (walk.path.includes(ref) || ref === "#") {
    walk.outcome.recursive = true;
    return {};
  }
  const { $ref: _, ...beside } = told;
  return cutNode({ ...resolved(ref, walk.root), ...beside }, { ...walk, path: [...walk.path, ref] });
}

/** `#/$defs/Name`: the only references that stay within the schema. */
function resolved(ref: string, root: JsonObject): JsonObject {
  let at: unknown = root;
  for (const step of ref.split("/").slice(1)) at = objectIn(at)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  return objectIn(at);
}

function described(told: JsonObject, lost: JsonObject): string | undefined {
  const own = textIn(told["description"]);
  const rules = Object.entries(lost).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  if (rules.length === 0) return own;
  const list = `{${rules.join(", ")}}`;
  return own ? `${own}\n\n${list}` : list;
}
