/** What meters are called: `key:<hash>|30d|1764547200000`, `team:t1|total|0`, `user:u1:model:gpt-4o|1d|…`. */

import type { Level } from "../access/principal.ts";

/** Whose meter it is. */
export function holderOf(level: Level, id: string, model?: string): string {
  return model === undefined ? `${level}:${id}` : `${level}:${id}:model:${model}`;
}

/** One window of one holder: a new window is a new meter, so that nothing has to be reset. */
export function meterId(holder: string, duration: string | undefined, from: number): string {
  return duration === undefined ? `${holder}|total|0` : `${holder}|${duration}|${from}`;
}

/** What a holder ever spent; every call is charged to it, with a budget or without. */
export function lifetimeMeter(level: Level, id: string): string {
  return meterId(holderOf(level, id), undefined, 0);
}
