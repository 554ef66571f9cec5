/** One event's JSON object; undefined for what is none: the last event of a stream that broke off may be half of one. */

export function eventJson(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const event: unknown = JSON.parse(data);
    return event !== null && typeof event === "object" ? (event as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
