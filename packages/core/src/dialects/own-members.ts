/** What a client wrote in the wire's own words: members that no translation takes, sent on as they are. */

export function ownMembers(asked: Readonly<Record<string, unknown>>, translated: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asked)) {
    if (!translated.has(name) && value !== null && value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Forms know texts only: those members whose text is a number become one. */
export function withNumbers(members: Readonly<Record<string, unknown>>, names: ReadonlySet<string>): Record<string, unknown> {
  const number = (name: string, value: unknown): unknown =>
    names.has(name) && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, number(name, value)]));
}
