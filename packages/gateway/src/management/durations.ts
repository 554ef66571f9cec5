/** Durations of the admin API (`30s`, `12h`, `1mo`) as moments from now. */

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Undefined for "-1" and for no duration: never. Months are calendar months. */
export function momentAfter(duration: string | null | undefined, now: number): Date | undefined {
  const [, count, unit = ""] = /^(\d+)(s|m|h|d|w|mo)$/.exec(duration ?? "") ?? [];
  if (count === undefined) return undefined;
  if (unit !== "mo") return new Date(now + Number(count) * (units[unit] ?? 0));
  const moment = new Date(now);
  const day = moment.getUTCDate();
  moment.setUTCDate(1);
  moment.setUTCMonth(moment.getUTCMonth() + Number(count));
  const last = new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate();
  moment.setUTCDate(Math.min(day, last));
  return moment;
}
