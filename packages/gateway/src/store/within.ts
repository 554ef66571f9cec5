/** A promise that must be kept in time. */

import type { Clock } from "tollgate/parts";

/** Rejects with a timeout when the promise is not kept after so long; a later rejection of it is nobody's business any more. */
export async function within<T>(promise: Promise<T>, milliseconds: number, clock: Pick<Clock, "after">): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    const alarm = clock.after(milliseconds, () => reject(new Error(`timeout after ${milliseconds} ms`)));
    cancel = () => alarm.cancel();
  });
  promise.catch(() => undefined);
  return Promise.race([promise, late]).finally(() => cancel());
}
