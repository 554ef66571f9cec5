/** A server program for tests: started, waited for until it says that it is ready, ended. */

import { type ChildProcess, spawn } from "node:child_process";

interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Servers like PostgreSQL refuse to be run by root. */
  readonly uid?: number;
  readonly cwd: string;
  /** What it writes when it can be used. */
  readonly ready: RegExp;
}

export interface Child {
  /** Resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export function startChild({ command, args, uid, cwd, ready }: ChildOptions): Promise<Child> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, ...(uid !== undefined && { uid, gid: uid }), stdio: ["ignore", "pipe", "pipe"] });
    // A test run that is cut short leaves no server behind.
    const end = (): void => void child.kill("SIGKILL");
    process.once("exit", end);
    let said = "";
    const hear = (part: Buffer): void => {
      if (said.length < 100_000) said += part;
      if (ready.test(said)) resolve({ end: (signal) => ended(child, signal) });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("exit", (code) => {
      process.off("exit", end);
      reject(new Error(`${command} ended with ${code}: ${said.slice(-2000)}`));
    });
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}
