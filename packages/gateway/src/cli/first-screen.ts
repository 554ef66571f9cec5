/** What a person reads when the gateway has started: a pure text. */

export interface FirstScreen {
  readonly version: string;
  readonly url: string;
  readonly file?: string;
  readonly dataDir: string;
  readonly models: readonly string[];
  /** `host:port/name` of a server; undefined: embedded in the data folder. */
  readonly server?: string;
  /** The embedded database was never needed, so it is not there. */
  readonly asleep?: boolean;
  readonly masterKey: MasterKeyNote;
  /** True: a person sees this once and nobody keeps it. */
  readonly terminal: boolean;
}

/** Where the key is; `shell` gives it to a shell, e.g. `$(cat …)`. */
export interface MasterKeyNote {
  readonly key: string;
  readonly source: "config" | "environment" | "kept" | "made";
  /** The file that holds it, when it was kept or made. */
  readonly keptIn?: string;
  /** The text file that it was given in, and what stands before it there: `master_key:`, `LITELLM_MASTER_KEY=`. */
  readonly givenIn?: { readonly path: string; readonly text: string; readonly mark: string };
}

const shownModels = 8;

export function firstScreen(screen: FirstScreen): string {
  const { version, url, file, dataDir, models } = screen;
  const rows: (readonly [string, string])[] = [
    ["Address", url],
    ["Master key", whereKeyIs(screen)],
    ["Config", file ?? "none"],
    ["Data folder", dataDir],
    ["Models", `${models.length}${models.length > 0 ? `: ${listed(models)}` : ""}`],
    ["Database", databaseOf(screen)],
  ];
  return [
    `Tollgate ${version}`,
    "",
    ...rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`),
    "",
    "  Try it:",
    `  ${tryIt(screen)}`,
    "",
  ].join("\n");
}

function databaseOf({ server, asleep }: FirstScreen): string {
  if (server !== undefined) return `PostgreSQL at ${server}`;
  return `embedded, in the data folder${asleep ? " (made when it is first needed)" : ""}`;
}

function listed(models: readonly string[]): string {
  const shown = models.slice(0, shownModels).join(", ");
  return models.length > shownModels ? `${shown} and ${models.length - shownModels} more` : shown;
}

function whereKeyIs({ masterKey, file, terminal }: FirstScreen): string {
  const { source, key, keptIn, givenIn } = masterKey;
  if (source === "config") return `general_settings.master_key of ${file}`;
  if (source === "environment") return `LITELLM_MASTER_KEY of ${givenIn?.path ?? "the environment"}`;
  if (source === "made" && terminal) return `${key}  (made just now, kept in ${keptIn}; not shown again)`;
  return `${source === "made" ? "made just now, " : ""}in ${keptIn}`;
}

/** One line for a shell. */
function tryIt(screen: FirstScreen): string {
  const authorization = `-H "Authorization: Bearer ${keyInShell(screen)}"`;
  const model = screen.models.find((each) => !each.includes("*"));
  if (model === undefined) return `curl ${screen.url}/v1/models ${authorization}`;
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  return `curl ${screen.url}/v1/chat/completions ${authorization} -H "Content-Type: application/json" -d ${quoted(body)}`;
}

function keyInShell({ masterKey: { key, keptIn, givenIn } }: FirstScreen): string {
  if (keptIn !== undefined) return `$(cat ${quoted(keptIn)})`;
  // The key itself must not stand here: a screen is often kept as a log.
  const lines = (givenIn?.text ?? "").split("\n").filter((line) => givenIn && line.includes(givenIn.mark));
  const readable = lines.length === 1 && lines[0]?.split(/[ =]+/).at(-1) === key;
  return readable && givenIn ? `$(awk -F'[ =]+' '/${givenIn.mark}/{print $NF}' ${quoted(givenIn.path)})` : "$LITELLM_MASTER_KEY";
}

/** For a POSIX shell, also inside `$(…)` in double quotes. */
function quoted(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
