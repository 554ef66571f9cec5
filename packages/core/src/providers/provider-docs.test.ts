/** Keeps docs/providers.md true to the catalog; `npx vitest run provider-docs -u` writes it anew. */

import { expect, it } from "vitest";
import { providers } from "./catalog.ts";
import { notBuilt, whyNotBuilt } from "./not-built.ts";
import type { Provider, Service } from "./provider.ts";

const doing: Readonly<Record<string, string>> = {
  embed: "embeddings",
  image: "images",
  editImage: "image edits",
  varyImage: "image variations",
  speak: "speech",
  transcribe: "transcription",
  translate: "translation of speech",
  moderate: "moderation",
  ocr: "OCR",
};

it("docs/providers.md lists what the catalog holds", async () => {
  await expect(page()).toMatchFileSnapshot("../../../../docs/providers.md");
});

function page(): string {
  const built = providers.filter((provider) => !notBuilt.includes(provider)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return `# Providers

Write a model as \`<provider>/<model>\` in \`litellm_params.model\`; only the first \`/\` splits. The key comes from \`api_key\` or from
the first variable below that is set, the address from \`api_base\`, from its variable or from the table. A server of your own that
speaks OpenAI's API is \`openai/<model>\` or \`custom_openai/<model>\` with \`api_base\`.

${table([header, ...built.map(row)])}

## Known, but not built yet

A model of these is refused with status 501 and what to do instead.

${table([["name", "provider", "why"], ...notBuilt.map(({ name, title }) => [`\`${name}\``, title, whyNotBuilt.get(name) ?? "not yet"])])}
`;
}

const header = [
  "provider",
  "name",
  "can be asked for",
  "default address",
  "key",
  "address variable",
  "other variables",
  "wire format",
  "quirks",
];

/** Aligned, as the formatter wants it. */
function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function row(provider: Provider): string[] {
  const service = provider.serve("MODEL", { model: "MODEL" }, {});
  const title = provider.docs ? `[${provider.title}](${provider.docs})` : provider.title;
  const others = Object.entries(provider.settingsEnv ?? {}).map(([setting, env]) => `${setting}: ${codes(env)}`);
  return [
    `\`${provider.name}\``,
    title,
    operations(service),
    service.exchange ? "none needed" : service.baseUrl || "set `api_base`",
    codes(provider.auth.env) || "none",
    codes(provider.baseEnv ?? []),
    others.join("; "),
    [...new Set(Object.values(service.sides).flatMap((sides) => (sides ?? []).map(({ dialect }) => dialect)))].join(", "),
    quirksOf(service),
  ];
}

/** Where it departs from the format that it speaks, as far as that is data. */
function quirksOf({ quirks = {}, refuses }: Service): string {
  const { rename = {}, drop = [], force = {}, rules = [], reply, chunk, error } = quirks;
  const said = [
    ...Object.entries(rename).map(([from, to]) => `\`${from}\` as \`${to}\``),
    ...(drop.length > 0 ? [`without ${codes(drop)}`] : []),
    ...Object.keys(force).map((name) => `always \`${name}\``),
    ...(rules.length > 0 || refuses ? ["values changed by rules"] : []),
    ...(reply || chunk ? ["replies put right"] : []),
    ...(error ? ["errors of its own"] : []),
  ];
  return said.join("; ");
}

function operations(service: Service): string {
  const named = Object.entries(service.sides).flatMap(([name, sides]) => (sides ? [doing[name] ?? name] : []));
  if (service.sides.chat?.some((side) => side.dialect === "openai-completions")) named.push("text completions");
  return named.join(", ");
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" ");
}
