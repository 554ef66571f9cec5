/** Nano-dollars for people: in headers and messages. */

const NANO = 1e9;

/** US dollars, exactly, without trailing zeros. */
export function dollars(nano: number): string {
  const whole = Math.floor(nano / NANO);
  const part = String(Math.round(nano % NANO))
    .padStart(9, "0")
    .replace(/0+$/, "");
  return part === "" ? String(whole) : `${whole}.${part}`;
}
