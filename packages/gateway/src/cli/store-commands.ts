/** The commands that open the database themselves, without a gateway. */

import type { Command } from "commander";
import type { ImportFlags } from "./import-litellm.ts";
import type { Ending, Outside } from "./outside.ts";
import type { RawFlags } from "./start-flags.ts";

type End = (ending: Ending) => void;

export function addStoreCommands(program: Command, outside: Outside, end: End): void {
  const flagsOf = <Flags>(raw: Flags): RawFlags & Flags => ({ ...program.opts<RawFlags>(), ...raw });
  placed(program.command("migrate").description("bring the tables of the database up to date")).action(async (raw: RawFlags) =>
    end(await (await import("./migrate.ts")).migrate(flagsOf(raw), outside)),
  );
  placed(program.command("backup <file>").description("write all that the database holds into a file")).action(
    async (file: string, raw: RawFlags) => end(await (await import("./backup.ts")).backup(file, flagsOf(raw), outside)),
  );
  placed(program.command("restore <file>").description("fill an empty database from a backup")).action(
    async (file: string, raw: RawFlags) => end(await (await import("./restore.ts")).restore(file, flagsOf(raw), outside)),
  );
  const importing = program.command("import").description("take over what another gateway has");
  placed(importing.command("litellm").description("copy keys, people, limits and models from LiteLLM's database"))
    .requiredOption("--database-url <url>", "LiteLLM's database, which is only read; os.environ/NAME takes it from a variable")
    .option("--dry-run", "say what would come, and write nothing")
    .option("--replace", "rows that are here already become as they are there")
    .option("--json", "the report as JSON")
    .action(async (raw: ImportFlags) => end(await (await import("./import-litellm.ts")).importFromLitellm(flagsOf(raw), outside)));
}

/** Which database: as `tollgate start` finds it. */
function placed(command: Command): Command {
  return command
    .option("-c, --config <file>", "LiteLLM config.yaml (CONFIG_FILE_PATH)")
    .option("--data <folder>", "folder for what the gateway keeps (TOLLGATE_DATA_DIR, default .tollgate)");
}
