/** The repository's TypeScript as the architecture test reads it: text, imports and strings of each file, without a compiler. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

export interface Import {
  /** As written: `./usage.ts`, `undici`, `node:fs`. */
  readonly from: string;
  /** The file of this repository that it names; undefined for packages. */
  readonly file: string | undefined;
  /** Nothing of it is left when the types are gone. */
  readonly typeOnly: boolean;
  /** `import()`: loaded when first needed. */
  readonly late: boolean;
}

export interface SourceFile {
  /** From the root: `packages/core/src/usage.ts`. */
  readonly path: string;
  /** `core/dialects`; `core/usage.ts` for what stands beside the folders; `tests`, `scripts`. */
  readonly area: string;
  readonly text: string;
  /** The text without comments; strings stay. */
  readonly code: string;
  /** The code with its strings emptied. */
  readonly bare: string;
  /** The strings of the code that hold no expression. */
  readonly strings: readonly string[];
  readonly imports: readonly Import[];
  readonly isTest: boolean;
}

const packageDoors: Readonly<Record<string, string>> = {
  tollgate: "packages/core/src/index.ts",
  "tollgate/parts": "packages/core/src/parts.ts",
  "@tollgate/admin": "packages/admin/src/index.ts",
  "@tollgate/gateway": "packages/gateway/src/assemble.ts",
};

/** All sources of the packages and of `tests/`. */
export function readSources(): readonly SourceFile[] {
  return ["packages", "tests"].flatMap((folder) => pathsIn(join(root, folder))).map(readSource);
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|fixtures|\..*)$/.test(entry.name) ? [] : pathsIn(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [relative(root, path)] : [];
  });
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  const { code, bare, strings } = taken(text);
  return { path, area: areaOf(path), text, code, bare, strings, imports: importsOf(path, code), isTest: /\.test\.tsx?$/.test(path) };
}

export function areaOf(path: string): string {
  const [, name, source] = /^packages\/(\w+)\/src\/([^/]+)/.exec(path) ?? [];
  if (name === undefined) return path.split("/")[0] ?? path;
  // Rows and what they are made of: one area.
  return name === "admin" ? name : `${name}/${source}`;
}

const piece =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** Regular expressions count as strings that say nothing: what stands in them is no code. */
function taken(text: string): { code: string; bare: string; strings: string[] } {
  const strings: string[] = [];
  const code = text.replace(piece, (found) => (/^\/[/*]/.test(found) ? found.replace(/[^\n]/g, "") : found));
  const bare = code.replace(piece, (found) => {
    if (found.startsWith("/")) return "//";
    if (!found.startsWith("`") || !found.includes("${")) strings.push(found.slice(1, -1));
    return found.startsWith("`") ? `\`${[...found.matchAll(/\$\{([^}]*)\}/g)].map(([, inside]) => inside).join(";")}\`` : '""';
  });
  return { code, bare, strings };
}

const statement = /^(?:import|export)\s+(type\s+)?(?:([\w*\s{},]*?)\s+from\s+)?"([^"]+)"/gm;
const late = /(typeof\s+)?\bimport\("([^"]+)"\)/g;

function importsOf(path: string, code: string): Import[] {
  const now = [...code.matchAll(statement)].map(([, type, names = "", from = ""]) => {
    const listed = names.replace(/[\s{}]+/g, " ").split(",");
    const onlyList = names.trimStart().startsWith("{") && listed.every((name) => /^(\s*|\s*type .*)$/.test(name));
    const typeOnly = type !== undefined || (onlyList && names.includes("type "));
    return { from, file: fileOf(path, from), typeOnly, late: false };
  });
  const later = [...code.matchAll(late)].map(([, type, from = ""]) => ({
    from,
    file: fileOf(path, from),
    typeOnly: type !== undefined,
    late: true,
  }));
  return [...now, ...later];
}

function fileOf(importer: string, from: string): string | undefined {
  if (from.startsWith(".")) return normalize(join(dirname(importer), from));
  if (from.startsWith("@tollgate/testkit/")) return `packages/testkit/src/${from.slice("@tollgate/testkit/".length)}.ts`;
  return packageDoors[from];
}
