/** Reply headers as they stand on the wire, `name: value\r\n` after each other: most of them are the same from call to call. */

/** Clients refuse heads that are too long. */
const MAX_VALUE = 1_000;

/** `name` is ours, or came through an HTTP parser; `value` may be anything. */
export function headerLine(name: string, value: string): string {
  return `${name}: ${printable(value)}\r\n`;
}

/** The lines of a flat list of names and values. */
export function headerLines(list: readonly string[]): string {
  let lines = "";
  for (let at = 0; at + 1 < list.length; at += 2) lines += headerLine(list[at] ?? "", list[at + 1] ?? "");
  return lines;
}

/** The way back, for whoever takes names and values only. */
export function headerList(lines: string): string[] {
  const list: string[] = [];
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf("\r\n", from);
    const colon = lines.indexOf(": ", from);
    list.push(lines.slice(from, colon), lines.slice(colon + 2, end));
    from = end + 2;
  }
  return list;
}

/** ASCII, on one line: whatever else stands in a name or an address goes as its bytes. */
export function printable(text: string): string {
  const short = text.length > MAX_VALUE ? text.slice(0, MAX_VALUE) : text;
  return plain.test(short) ? short : short.replace(/[^\x20-\x7e]+/g, percentEncoded);
}

const plain = /^[\x20-\x7e]*$/;

/** Unlike encodeURIComponent it takes half a character, too, which JSON may hold. */
function percentEncoded(text: string): string {
  return Buffer.from(text).toString("hex").toUpperCase().replace(/../g, "%$&");
}
