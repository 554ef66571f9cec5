/** Numbers as text, for what is written with every call: whole numbers print several times faster than fractions. */

/** Milliseconds, to the tenth. */
export function tenths(milliseconds: number): string {
  return fraction(Math.round(milliseconds * 10), 10, 1);
}

/** Milliseconds, to the thousandth. */
export function thousandths(milliseconds: number): string {
  return fraction(Math.round(milliseconds * 1000), 1000, 3);
}

/** US dollars of whole nano-dollars, without exponent. */
export function dollars(nano: number): string {
  return fraction(Math.round(nano), 1e9, 9);
}

/** `units` of 1/`per` each, whole and not below 0, without trailing zeros; `places` is how many zeros `per` has. */
function fraction(units: number, per: number, places: number): string {
  const whole = Math.floor(units / per);
  // Whole numbers of 32 bits divide several times faster.
  let rest = (units - whole * per) | 0;
  if (rest === 0) return String(whole);
  let width = places;
  while (rest % 10 === 0) {
    rest = (rest / 10) | 0;
    width -= 1;
  }
  const text = String(rest);
  return text.length === width ? `${whole}.${text}` : `${whole}.${ZEROS.slice(text.length, width)}${text}`;
}

const ZEROS = "000000000";
