/** Small fakes for the router's tests: deployments, routes, settings and a clock that is moved by hand. */

import type { Alarm, Clock } from "../clock.ts";
import { type ErrorDetail, type ErrorKind, GatewayError } from "../errors.ts";
import { createRouter } from "./create-router.ts";
import type { Deployment } from "./deployment.ts";
import type { Ask, Attempt, Choice, Router, RouterSettings, Routes } from "./router.ts";

export interface FakeClock extends Clock {
  pass(milliseconds: number): void;
}

export function fakeClock(): FakeClock {
  let now = 1_790_000_000_000;
  const alarm: Alarm = { refresh: () => {}, cancel: () => {} };
  return {
    now: () => now,
    ticks: () => now,
    after: () => alarm,
    every: () => () => {},
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export function fakeDeployment(id: string, more: Partial<Deployment> = {}): Deployment {
  const group = more.group ?? "m";
  return {
    id,
    group,
    standing: `${id}:wire`,
    provider: "fake",
    model: "wire",
    row: { model_name: group, litellm_params: { model: "fake/wire" } },
    settings: { model: "fake/wire" },
    service: { model: "wire", baseUrl: "https://fake.test", supports: {}, sides: {} },
    facts: {},
    network: { reach: "configured" },
    credential: () => ({}),
    shownBase: "https://fake.test",
    headers: {},
    defaults: {},
    extraBody: {},
    drop: { params: false, additional: [], allowed: new Set() },
    timeouts: {},
    clientside: [],
    lanes: new Map(),
    ...more,
  };
}

/** Groups by name; ids are found, too. */
export function fakeRoutes(groups: Readonly<Record<string, readonly Deployment[]>>): Routes {
  const deployments = Object.values(groups).flat();
  return {
    names: Object.keys(groups),
    deployments,
    find: (name) => groups[name] ?? deployments.filter(({ id }) => id === name).map((each) => [each])[0],
    problem: (name) => (groups[name]?.length === 0 ? new GatewayError("bad_request", "unknown provider") : undefined),
    near: () => Object.keys(groups).slice(0, 1),
  };
}

export const plainSettings: RouterSettings = {
  strategy: "simple-shuffle",
  numRetries: 2,
  retryAfterMs: 0,
  timeoutMs: 600_000,
  cooldownMs: 5_000,
  disableCooldowns: false,
  fallbacks: new Map(),
  contextWindowFallbacks: new Map(),
  contentPolicyFallbacks: new Map(),
  defaultFallbacks: [],
  maxFallbacks: 5,
  aliases: new Map(),
  retryPolicy: {},
  groupRetryPolicy: new Map(),
  allowedFailsPolicy: {},
};

export function failure(kind: ErrorKind, detail: ErrorDetail = {}): GatewayError {
  return new GatewayError(kind, `failed: ${kind}`, detail);
}

export interface Bench {
  readonly router: Router;
  readonly clock: FakeClock;
}

export function fakeRouter(
  groups: Readonly<Record<string, readonly Deployment[]>>,
  settings: Partial<RouterSettings> = {},
  chance: () => number = () => 0,
): Bench {
  const clock = fakeClock();
  return { clock, router: createRouter({ settings: { ...plainSettings, ...settings }, routes: fakeRoutes(groups), clock, chance }) };
}

export interface Course {
  /** `id` of each attempt, with its wait where there was one: `a`, `b`, `a+500`. */
  readonly steps: readonly string[];
  /** How it ended; undefined: with an answer. */
  readonly error?: GatewayError;
  readonly attempts: readonly Attempt[];
}

/** Makes a call the way that call/ does: asks, begins, ends, until somebody answers. `script` says by id what happens at each try. */
export function runCall(
  { router, clock }: Bench,
  ask: Ask,
  script: Readonly<Record<string, readonly (ErrorKind | GatewayError | "ok")[]>>,
): Course {
  const attempts: Attempt[] = [];
  const steps: string[] = [];
  for (let turn = 0; turn < 500; turn += 1) {
    const choice: Choice | GatewayError = router.next(ask, attempts);
    if (choice instanceof GatewayError) return { steps, error: choice, attempts };
    const { deployment, group, waitMs } = choice;
    clock.pass(waitMs);
    steps.push(waitMs > 0 ? `${deployment.id}+${waitMs}` : deployment.id);
    const end = router.begin(deployment);
    const happens = script[deployment.id] ?? [];
    const times = attempts.filter((each) => each.deployment === deployment).length;
    const result = happens[Math.min(times, happens.length - 1)] ?? "ok";
    const error = result === "ok" ? undefined : typeof result === "string" ? failure(result) : result;
    end({ error, durationMs: 1 });
    if (!error) return { steps, attempts };
    attempts.push({ deployment, group, startedAt: clock.now(), durationMs: 1, error });
  }
  throw new Error("The call does not end.");
}
