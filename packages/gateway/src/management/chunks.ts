/** Cuts long lists, since a statement takes 65,535 parameters at most. */

export const MOST_IN_ONE = 5_000;

export function chunks<T>(list: readonly T[], size = MOST_IN_ONE): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}
