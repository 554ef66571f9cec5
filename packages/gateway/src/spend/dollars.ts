/** Money leaves the books as dollars: a quotient of whole nano-dollars, so that it prints exactly. */

const NANO = 1e9;

export function dollars(nano: number | bigint | null | undefined): number {
  return Number(nano ?? 0) / NANO;
}
