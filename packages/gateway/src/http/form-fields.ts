/** The texts of a form as one object: lists by `name[]` or by saying a name twice, numbers and switches where a text stands for one. */

import { type FormField, gatewayFields, routingFields } from "tollgate/parts";

export type FormText = readonly [name: string, value: string];

/** `kinds` names what is no text; what cannot be read as its kind stays a text, for whoever judges it. */
export function formFields(texts: readonly FormText[], kinds: Readonly<Record<string, FormField>>): Record<string, unknown> {
  const found = new Map<string, { readonly values: string[]; listed: boolean }>();
  for (const [written, value] of texts) {
    const name = bare(written);
    const known = found.get(name);
    if (known) known.values.push(value);
    else found.set(name, { values: [value], listed: name !== written });
  }
  const fields: [string, unknown][] = [];
  for (const [name, { values, listed }] of found) {
    const kind = kindOf(name, kinds);
    const read = values.map((value) => readAs(value, kind));
    const [only] = read;
    fields.push([name, read.length > 1 || listed || (kind === "list" && !Array.isArray(only)) ? read : only]);
  }
  return Object.fromEntries(fields);
}

/** `image[]` is called `image`. */
export function bare(name: string): string {
  return name.endsWith("[]") ? name.slice(0, -2) : name;
}

/** The gateway's own fields hold switches and objects; those that say where a call goes are texts. */
function kindOf(name: string, kinds: Readonly<Record<string, FormField>>): FormField | undefined {
  if (Object.hasOwn(kinds, name)) return kinds[name];
  return gatewayFields.has(name) && !routingFields.has(name) ? "json" : undefined;
}

function readAs(text: string, kind: FormField | undefined): unknown {
  if (kind === "number") return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  if (kind === "boolean") return switches.get(text.trim().toLowerCase()) ?? text;
  if (kind === "json" || (kind === "list" && text.startsWith("["))) return parsed(text);
  return text;
}

/** As Python's and other clients write them. */
const switches: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return switches.get(text.trim().toLowerCase()) ?? text;
  }
}
