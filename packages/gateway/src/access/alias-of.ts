/** What a name stands for among a caller's aliases. */

/** Names come from outside: one that every object inherits (`__proto__`) is no alias. */
export function aliasOf(aliases: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return aliases !== undefined && Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}
