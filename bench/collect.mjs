/** Loaded into a contender by streams.mjs: SIGUSR2 collects the garbage, so that memory that stays is told from memory not yet freed. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
process.on("SIGUSR2", () => collect());
