/** All of a kind that are under way: in no order, without duplicates. */

/** Undefined, or wrong, for one that is not among them. */
export interface Placed {
  place: number;
}

/** Unlike a Set it takes and gives back a place without making anything. */
export class UnderWay<T extends Placed> {
  readonly #list: T[] = [];

  add(one: T): void {
    one.place = this.#list.push(one) - 1;
  }

  /** Once is enough, twice is no harm. */
  remove(one: T): void {
    const last = this.#list.at(-1);
    if (!last || this.#list[one.place] !== one) return;
    this.#list[one.place] = last;
    last.place = one.place;
    this.#list.pop();
  }

  /** A copy: who is looked at may leave. */
  get all(): readonly T[] {
    return [...this.#list];
  }
}
