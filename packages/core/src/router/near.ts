/** Which names somebody may have meant. */

const MOST = 3;
/** Longer names are no slips of the pen, and comparing them costs. */
const LONGEST = 100;

/** The names most like this one, best first. */
export function near(name: string, names: readonly string[]): readonly string[] {
  if (name === "" || name.length > LONGEST) return [];
  const wanted = name.toLowerCase();
  return names
    .map((each) => ({ each, distance: distanceOf(wanted, each.toLowerCase()) }))
    .filter(({ each, distance }) => distance <= Math.max(2, Math.min(name.length, each.length) * 0.4))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ each }) => each);
}

/** With and without provider; a name that is part of the other counts as one slip. */
function distanceOf(wanted: string, name: string): number {
  const bareWanted = bare(wanted);
  const bareName = bare(name);
  const whole = edits(wanted, name);
  const parts = edits(bareWanted, bareName) + 0.5;
  const contained = bareWanted.length > 2 && bareName.includes(bareWanted) ? 1.5 : Number.POSITIVE_INFINITY;
  return Math.min(whole, parts, contained);
}

function bare(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Levenshtein's distance, one row at a time. */
function edits(a: string, b: string): number {
  if (b.length > LONGEST) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
