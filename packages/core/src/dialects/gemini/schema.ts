/** JSON Schema → the OpenAPI subset that Google's `Schema` is. Source: ai.google.dev/api/caching#Schema. */

import { GatewayError } from "../../errors.ts";
import { type Fields, fieldsOf, isFields, listOf } from "./json.ts";

/** Everything else is refused by Google with an "Unknown name". */
const kept = new Set(
  (
    "type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength " +
    "pattern example anyOf propertyOrdering default items minimum maximum"
  ).split(" "),
);

const formats: Readonly<Record<string, readonly string[]>> = {
  string: ["date-time", "enum"],
  number: ["float", "double"],
  integer: ["int32", "int64"],
};

const MAX_DEPTH = 64;
/** References that name each other twice and twice again would grow without end when they are written out. */
const MAX_NODES = 20_000;

interface Walk {
  readonly root: Fields;
  /** References that are being followed: a schema that holds itself ends at the second time. */
  readonly following: readonly string[];
  readonly depth: number;
  readonly seen: { nodes: number };
  /** Adds `propertyOrdering`, which keeps answers in the schema's order. */
  readonly ordered: boolean;
}

export function openApiSchema(schema: Readonly<Fields>, ordered = false): Fields {
  return clean(schema, { root: schema, following: [], depth: 0, seen: { nodes: 0 }, ordered });
}

/** Parameters of a function; undefined when it takes none: Google refuses an object without properties there. */
export function parameterSchema(schema: unknown): Fields | undefined {
  if (!isFields(schema)) return undefined;
  const cleaned = openApiSchema(schema);
  const empty = Object.keys(fieldsOf(cleaned["properties"])).length === 0 && cleaned["anyOf"] === undefined;
  return empty ? undefined : cleaned;
}

function clean(node: unknown, walk: Walk): Fields {
  if (!isFields(node) || walk.depth > MAX_DEPTH) return {};
  walk.seen.nodes += 1;
  if (walk.seen.nodes > MAX_NODES) {
    throw new GatewayError(
      "bad_request",
      `A schema holds more than ${MAX_NODES} parts once its references are written out. Make it simpler.`,
    );
  }
  const deeper = { ...walk, depth: walk.depth + 1 };
  if (typeof node["$ref"] === "string") return followed(node, node["$ref"], deeper);
  if (Array.isArray(node["allOf"])) return clean(merged(node, node["allOf"], deeper), deeper);
  const result: Fields = {};
  for (const [name, value] of Object.entries(node)) if (kept.has(name)) result[name] = value;
  takeAlternatives(node, result, deeper);
  takeTypes(node, result, deeper);
  takeEnum(node, result);
  takeProperties(node, result, deeper);
  takeItems(node, result, deeper);
  const known = formats[String(result["type"]).toLowerCase()];
  if (result["format"] !== undefined && !known?.includes(String(result["format"]))) delete result["format"];
  return result;
}

function followed(node: Fields, reference: string, walk: Walk): Fields {
  const { $ref: _, ...own } = node;
  const target = lookUp(walk.root, reference);
  if (!target || walk.following.includes(reference)) return clean({ type: "object", ...own }, walk);
  return clean({ ...target, ...own }, { ...walk, following: [...walk.following, reference] });
}

/** `#/$defs/Stop` and any other pointer into the schema itself. */
function lookUp(root: Fields, reference: string): Fields | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let at: unknown = root;
  for (const step of reference.slice(2).split("/")) at = fieldsOf(at)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  return isFields(at) ? at : undefined;
}

/** All parts of an `allOf` as one object. */
function merged(node: Fields, parts: readonly unknown[], walk: Walk): Fields {
  const { allOf: _, ...result } = node;
  for (const part of parts) {
    const { properties, required, ...rest } = resolved(part, walk);
    Object.assign(result, { ...rest, ...result });
    if (isFields(properties)) result["properties"] = { ...properties, ...fieldsOf(result["properties"]) };
    if (Array.isArray(required)) result["required"] = [...new Set([...listOf(result["required"]), ...required])];
  }
  return result;
}

function resolved(part: unknown, walk: Walk): Fields {
  const { $ref: reference, ...own } = fieldsOf(part);
  if (typeof reference !== "string" || walk.following.includes(reference)) return own;
  return { ...lookUp(walk.root, reference), ...own };
}

/** `anyOf` and `oneOf`; a null among them makes the others nullable. */
function takeAlternatives(node: Fields, result: Fields, walk: Walk): void {
  const all = [...listOf(node["anyOf"]), ...listOf(node["oneOf"])];
  if (all.length === 0) return;
  const others = all.filter((each) => fieldsOf(each)["type"] !== "null");
  const nullable = others.length < all.length;
  if (others.length === 0) {
    delete result["anyOf"];
    Object.assign(result, { type: "string", nullable: true });
    return;
  }
  result["anyOf"] = others.map((each) => (nullable ? { ...clean(each, walk), nullable: true } : clean(each, walk)));
  // What stands beside anyOf is ignored or refused, but for what describes it.
  for (const name of ["type", "default"]) delete result[name];
}

/** `["string", "null"]` → a nullable string; more types become alternatives. */
function takeTypes(node: Fields, result: Fields, walk: Walk): void {
  if (!Array.isArray(node["type"]) || result["anyOf"] !== undefined) return;
  const types = node["type"].filter((type) => type !== "null");
  if (types.length < node["type"].length) result["nullable"] = true;
  delete result["type"];
  if (types.length <= 1) result["type"] = types[0] ?? "string";
  else result["anyOf"] = types.map((type) => clean({ ...(type === "array" ? { items: node["items"] } : {}), type }, walk));
}

/** Google knows enums of texts only. */
function takeEnum(node: Fields, result: Fields): void {
  const values = Array.isArray(node["enum"]) ? node["enum"] : node["const"] === undefined ? undefined : [node["const"]];
  if (!values) return;
  if (values.includes(null)) result["nullable"] = true;
  const words = values.filter((value) => value !== null && value !== "").map(String);
  delete result["enum"];
  if (words.length === 0) return;
  result["enum"] = words;
  result["type"] = "string";
}

function takeProperties(node: Fields, result: Fields, walk: Walk): void {
  if (!isFields(node["properties"])) return;
  const names = Object.keys(node["properties"]);
  delete result["properties"];
  result["type"] ??= "object";
  if (names.length === 0) {
    delete result["required"];
    return;
  }
  result["properties"] = Object.fromEntries(Object.entries(node["properties"]).map(([name, value]) => [name, clean(value, walk)]));
  // A name that is required but not described makes Google refuse the whole.
  if (Array.isArray(node["required"])) {
    const required = node["required"].filter((name) => names.includes(String(name)));
    if (required.length > 0) result["required"] = required;
    else delete result["required"];
  }
  if (walk.ordered) result["propertyOrdering"] ??= names;
}

/** Google wants `items` on every array; tuples become alternatives. */
function takeItems(node: Fields, result: Fields, walk: Walk): void {
  const tuple = Array.isArray(node["items"]) ? node["items"] : Array.isArray(node["prefixItems"]) ? node["prefixItems"] : undefined;
  if (tuple) result["items"] = { anyOf: tuple.map((each) => clean(each, walk)) };
  else if (isFields(node["items"])) {
    const items = clean(node["items"], walk);
    result["items"] = Object.keys(items).length > 0 ? items : { type: "object" };
  } else if (String(result["type"]).toLowerCase() === "array") result["items"] = { type: "object" };
  if (result["items"] !== undefined && result["anyOf"] === undefined) result["type"] ??= "array";
}
