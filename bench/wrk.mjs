/** `wrk` as the load generator, where it is installed: cheaper than ours, so that a fast contender is seen at its limit. */
import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { loadCore, peers } from "./places.mjs";
import { cpuOf, quietly } from "./processes.mjs";
import { call } from "./stage.mjs";

export const hasWrk = () => !spawnSync("wrk", ["-v"]).error;

export function wrkBurst({ child, routes }, seconds) {
  const { url, headers, body } = call(routes.chat, { size: 1024 });
  const fields = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  const script = peers("wrk.lua");
  writeFileSync(script, ['wrk.method = "POST"', ...fields, `wrk.body = [==[${body}]==]`].join("\n"));
  const flags = ["-t1", "-c64", `-d${Math.ceil(seconds)}s`, "--latency", "-s", script, url];
  return quietly(async () => {
    const before = child ? cpuOf(child) : 0;
    const { stdout } = await promisify(execFile)("taskset", ["-c", loadCore, "wrk", ...flags]);
    const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
    const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
    const perSecond = Number(/Requests\/sec:\s*([\d.]+)/.exec(stdout)?.[1]);
    return { requests, failed, perSecond, cpuUs: child ? (cpuOf(child) - before) / requests : undefined };
  });
}
