/** `tollgate keys` with its four words. */

import type { Command } from "commander";
import type { CreateFlags, ListFlags } from "./keys.ts";
import type { Ending, Outside } from "./outside.ts";
import { amount, whole } from "./start-flags.ts";

export function addKeysCommands(program: Command, outside: Outside, end: (ending: Ending) => void): void {
  const keys = program.command("keys").description("make, list, show and delete virtual keys of a running gateway");
  const load = () => import("./keys.ts");
  keys
    .command("create")
    .description("make a key; it is shown once")
    .option("--alias <name>", "what people call it")
    .option("--models <names>", "which models it may use, with commas (default: all)", listOf)
    .option("--user <id>", "whose it is")
    .option("--team <id>", "the team that it belongs to")
    .option("--max-budget <dollars>", "how much it may spend", amount)
    .option("--budget-duration <duration>", "begin to count anew: 30s, 15m, 24h, 7d, 1mo")
    .option("--duration <duration>", "how long it works: 30d (default: for ever)")
    .option("--rpm <count>", "requests a minute", whole)
    .option("--tpm <count>", "tokens a minute", whole)
    .option("--json", "the whole reply")
    .action(async (flags: CreateFlags) => end(await (await load()).createKey(flags, outside)));
  keys
    .command("list")
    .description("list keys with what they have spent")
    .option("--user <id>", "only those of a user")
    .option("--team <id>", "only those of a team")
    .option("--page <number>", "which page", whole, 1)
    .option("--size <count>", "keys on a page", whole, 50)
    .option("--json", "the whole reply")
    .action(async (flags: ListFlags) => end(await (await load()).listKeys(flags, outside)));
  keys
    .command("info <key>")
    .description("show one key, named by itself, its hash or its alias")
    .option("--json", "the whole reply")
    .action(async (key: string, flags: { json?: boolean }) => end(await (await load()).showKey(key, flags, outside)));
  keys
    .command("delete <keys...>")
    .description("end keys, named by themselves, their hashes or aliases")
    .option("--json", "the whole reply")
    .action(async (named: string[], flags: { json?: boolean }) => end(await (await load()).deleteKeys(named, flags, outside)));
}

function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
