/** The commands of `tollgate` and their arguments. What a command needs is loaded when it is called. */

import { Command, CommanderError } from "commander";
import { addKeysCommands } from "./keys-commands.ts";
import type { Ending, Outside } from "./outside.ts";
import { addStartFlags, type RawFlags } from "./start-flags.ts";
import { addStoreCommands } from "./store-commands.ts";

export async function run(args: readonly string[], outside: Outside): Promise<Ending> {
  let ending: Ending;
  const program = commands(outside, (end) => {
    ending = end;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return ending;
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode;
    throw cause;
  }
}

function commands(outside: Outside, end: (ending: Ending) => void): Command {
  const program = new Command("tollgate")
    .description("An LLM gateway: one OpenAI-format API in front of 100+ model providers")
    .version(outside.version, "-v, --version")
    .enablePositionalOptions()
    .allowExcessArguments(true)
    .showSuggestionAfterError(true)
    .exitOverride();
  const startNow = async (raw: RawFlags): Promise<void> => end(await (await import("./start.ts")).start(raw, outside));
  addStartFlags(program).action(async (raw: RawFlags) => {
    const [unknown] = program.args;
    if (unknown !== undefined) program.error(`error: unknown command '${unknown}'. "tollgate --help" lists them.`);
    await startNow(raw);
  });
  addStartFlags(program.command("start").description("start the gateway (what happens without a command, too)")).action((raw: RawFlags) =>
    startNow({ ...program.opts(), ...raw }),
  );
  addStartFlags(program.command("check").description("report every problem of a config file; exit code 1 on errors")).action(
    async (raw: RawFlags) => end(await (await import("./check.ts")).check({ ...program.opts(), ...raw }, outside)),
  );
  addAsking(program, outside, end);
  addKeysCommands(program, outside, end);
  addStoreCommands(program, outside, end);
  return program;
}

/** Those that ask a running gateway. */
function addAsking(program: Command, outside: Outside, end: (ending: Ending) => void): void {
  program
    .command("models")
    .description("list the models of a running gateway")
    .action(async () => end(await (await import("./models.ts")).models(outside)));
  program
    .command("health")
    .description("ask a running gateway whether it can serve")
    .action(async () => end(await (await import("./health.ts")).health(outside)));
  program
    .command("chat <model> <question>")
    .description("ask a model through a running gateway")
    .action(async (model: string, question: string) => end(await (await import("./chat.ts")).chat(model, question, outside)));
}
