/** Names of members as texts: the same few come again and again, and need not be made anew. */

/** Where the last name of a shape is kept; who sends others takes its place. */
const kept: { readonly bytes: Buffer; readonly text: string }[] = [];
const PLACES = 512;
const LONGEST = 64;

/** The name whose letters stand in these bytes, without quotes; undefined where an escape in it is broken. */
export function nameIn(raw: Buffer, from: number, to: number): string | undefined {
  const length = to - from;
  if (length === 0 || length > LONGEST) return read(raw, from, to);
  const place = (length * 61 + (raw[from] ?? 0) * 7 + (raw[to - 1] ?? 0)) % PLACES;
  const known = kept[place];
  if (known !== undefined && stands(known.bytes, raw, from, length)) return known.text;
  const text = read(raw, from, to);
  if (text !== undefined) kept[place] = { bytes: Buffer.from(raw.subarray(from, to)), text };
  return text;
}

function stands(bytes: Buffer, raw: Buffer, from: number, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let at = 0; at < length; at += 1) if (bytes[at] !== raw[from + at]) return false;
  return true;
}

function read(raw: Buffer, from: number, to: number): string | undefined {
  const text = raw.toString("utf8", from, to);
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return undefined;
  }
}
