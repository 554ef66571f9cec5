/** `.env` under the environment of the process. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readEnvironment } from "./environment.ts";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tollgate-env-"));
  await writeFile(join(cwd, ".env"), '# ours\nONE="from file"\nTWO=file # note\n');
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

it("reads .env and never overrides", () => {
  expect(readEnvironment({ cwd, env: { TWO: "process" } })).toEqual({ ONE: "from file", TWO: "process" });
});

it("does not read it in production", () => {
  expect(readEnvironment({ cwd, env: { LITELLM_MODE: "PRODUCTION" } })).toEqual({ LITELLM_MODE: "PRODUCTION" });
});

it("does without a file", () => {
  expect(readEnvironment({ cwd: join(cwd, "nowhere"), env: { A: "b" } })).toEqual({ A: "b" });
});
