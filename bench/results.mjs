/** The rows of a run, and the figures drawn from them: medians, and ratios between bursts of the same turn. */
/** Turns in which others used more of the contenders' core than this count only where there are no quieter ones. */
const DISTURBED = 0.15;

export function results() {
  const rows = [];
  const of = (contender, measure) => rows.filter((row) => row.contender === contender && row.measure === measure);
  const values = (contender, measure, key) => of(contender, measure).flatMap((row) => row[key] ?? []);
  /** Pairs a row with the other contender's row of the same round and turn, so that what slows the machine slows both. */
  const paired = ([contender, measure], [other, otherMeasure], key, combine) => {
    const pairs = of(contender, measure).flatMap((row) => {
      const base = of(other, otherMeasure).find(({ round, turn }) => round === row.round && turn === row.turn);
      return base?.[key] === undefined || row[key] === undefined ? [] : [[row, base]];
    });
    const quiet = pairs.filter((pair) => pair.every(({ foreign = 0 }) => foreign < DISTURBED));
    return (quiet.length > 0 ? quiet : pairs).map(([row, base]) => combine(row[key], base[key]));
  };
  return {
    rows,
    values,
    ratios: (one, other, key = "cpuUs") => paired(one, other, key, (a, b) => a / b),
    added: (one, other, key) => paired(one, other, key, (a, b) => a - b),
    errors: () => rows.filter((row) => row.failed > 0 || row.unfinished > 0 || row.error),
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `12.3 [11.9–13.0]`: the median and the range. */
export function cell(numbers, digits = 0) {
  if (numbers.length === 0) return "–";
  const text = (value) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (numbers.length === 1) return text(numbers[0]);
  return `${text(median(numbers))} [${text(Math.min(...numbers))}–${text(Math.max(...numbers))}]`;
}
