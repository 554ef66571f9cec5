/** An LRU cache that takes its memory with its first entry: lru-cache takes what it may ever need at once, a megabyte for 50,000 entries. */

import { LRUCache } from "lru-cache";

export class LateLru<V extends {}> {
  readonly #max: number;
  #cache: LRUCache<string, V> | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): V | undefined {
    return this.#cache?.get(key);
  }

  set(key: string, value: V): void {
    this.#cache ??= new LRUCache<string, V>({ max: this.#max });
    this.#cache.set(key, value);
  }

  delete(key: string): void {
    this.#cache?.delete(key);
  }

  clear(): void {
    this.#cache?.clear();
  }

  /** All of them; who is passed may be deleted meanwhile. */
  entries(): Iterable<[string, V]> {
    return this.#cache?.entries() ?? [];
  }
}
