/** Splits what a request says into the columns of a table and the rest, which is kept as settings. */

type Fields = Readonly<Record<string, unknown>>;

export interface Split {
  /** Only columns that were given; null where null was given. */
  readonly columns: Record<string, unknown>;
  /** Only settings that were given. */
  readonly settings: Record<string, unknown>;
}

export function split(given: Fields, columns: ReadonlySet<string>, leave: ReadonlySet<string> = new Set()): Split {
  const parts: Split = { columns: {}, settings: {} };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || leave.has(name)) continue;
    (columns.has(name) ? parts.columns : parts.settings)[name] = value;
  }
  return parts;
}

/** Null takes away, everything else is laid over. */
export function merged(before: Fields, given: Fields): Record<string, unknown> {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return after;
}
