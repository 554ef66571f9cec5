/** Texts that are the same from call to call: made anew only when something that they say has changed. */

export interface KeptTextsOptions<Of, Kept extends { readonly text: string }> {
  /** Small: what the text says, and the text. */
  readonly make: (of: Of) => Kept;
  /** Whether the text would be the same for this one. */
  readonly fits: (kept: Kept, of: Of) => boolean;
}

/** Beyond this many names all are forgotten: whoever varies so much gains nothing. */
const MOST = 1_000;

export class KeptTexts<Of, Kept extends { readonly text: string }> {
  readonly #options: KeptTextsOptions<Of, Kept>;
  readonly #kept = new Map<string, Kept>();

  constructor(options: KeptTextsOptions<Of, Kept>) {
    this.#options = options;
  }

  /** `name`: under which the last one is found; what it does not tell, `fits` does. */
  textOf(name: string, of: Of): string {
    const known = this.#kept.get(name);
    if (known !== undefined && this.#options.fits(known, of)) return known.text;
    const made = this.#options.make(of);
    if (this.#kept.size >= MOST) this.#kept.clear();
    this.#kept.set(name, made);
    return made.text;
  }
}
