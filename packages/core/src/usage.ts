/** What a call used, in one form for all providers. */

/**
 * `inputTokens` holds cached and written ones, `outputTokens` holds reasoning, whatever the provider does;
 * the others are parts of them. Absent: not said.
 */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWrite5mTokens?: number;
  cacheWrite1hTokens?: number;
  reasoningTokens?: number;
  audioInTokens?: number;
  audioOutTokens?: number;
  imageInTokens?: number;
  imageOutTokens?: number;
  videoInTokens?: number;
  units?: Partial<Record<"seconds" | "characters" | "images" | "pages" | "queries" | "webSearches", number>>;
  /** What the price of an image may depend on: `1024x1024`, `hd` … */
  imageKind?: { readonly size?: string; readonly quality?: string };
  /** The service tier that the provider says it served: default, flex, priority, batch … */
  tier?: string;
  /** US dollars, when the provider itself says what the call cost. */
  providerCost?: number;
  /** True when no provider said it and we counted or guessed. */
  estimated?: true;
}
