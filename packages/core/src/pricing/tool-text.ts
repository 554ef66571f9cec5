/** Tools as the model is told of them: OpenAI turns their schemas into TypeScript, whose tokens are what they cost. */

type Json = Readonly<Record<string, unknown>>;

/** Schemas may be nested without end. */
const MAX_DEPTH = 20;

/** Tools in OpenAI's or Anthropic's form. */
export function toolText(tools: readonly Json[]): string {
  const lines = ["namespace functions {", ""];
  for (const tool of tools) {
    const told = typeof tool["function"] === "object" ? record(tool["function"]) : tool;
    const parameters = record(told["parameters"] ?? told["input_schema"]);
    const description = told["description"];
    if (typeof description === "string" && description !== "") lines.push(`// ${description}`);
    if (Object.keys(record(parameters["properties"])).length > 0) {
      lines.push(`type ${String(told["name"])} = (_: {`, ...propertyLines(parameters, 0), "}) => any;", "");
    } else {
      lines.push(`type ${String(told["name"])} = () => any;`, "");
    }
  }
  lines.push("} // namespace functions");
  return lines.join("\n");
}

function propertyLines(schema: Json, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const indent = " ".repeat(depth * 2);
  const lines: string[] = [];
  for (const [name, value] of Object.entries(record(schema["properties"]))) {
    const property = record(value);
    const description = property["description"];
    // Deeper ones are not told: the model sees descriptions of the first levels only.
    if (typeof description === "string" && description !== "" && depth < 2) lines.push(`${indent}// ${description}`);
    lines.push(`${indent}${name}${required.includes(name) ? "" : "?"}: ${typeText(property, depth)},`);
  }
  return lines;
}

function typeText(schema: Json, depth: number): string {
  if (Array.isArray(schema["enum"])) return schema["enum"].map((each) => JSON.stringify(each)).join(" | ");
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices) && depth < MAX_DEPTH) return choices.map((each) => typeText(record(each), depth + 1)).join(" | ");
  const type = schema["type"];
  if (Array.isArray(type)) return type.join(" | ");
  if (type === "integer") return "number";
  if (type === "array") return schema["items"] ? `${typeText(record(schema["items"]), depth + 1)}[]` : "any[]";
  if (type === "object") return ["{", ...propertyLines(schema, depth + 1), "}"].join("\n");
  return typeof type === "string" ? type : "any";
}

function record(value: unknown): Json {
  return value !== null && typeof value === "object" ? (value as Json) : {};
}
