/** A text as JSON, quickly where it is a name: most hold nothing that must be escaped. */

const plain = /^[\w./:@ -]*$/;

export function jsonText(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
