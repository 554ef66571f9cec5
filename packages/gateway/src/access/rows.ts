/** What the store tells about a key and everybody above it: the input of compile-principal.ts. */

export type SettingsRow = Readonly<Record<string, unknown>>;

/** An entity with its own settings, over those of the budget that it shares. */
export interface EntityRow {
  readonly id: string;
  readonly name: string;
  readonly blocked: boolean;
  readonly settings: SettingsRow;
}

export interface KeyRows {
  readonly key: EntityRow & {
    readonly hash: string;
    readonly alias?: string;
    /** Milliseconds since 1970. Of an old key: the end of its grace, if that comes first. */
    readonly expires?: number;
  };
  readonly user?: EntityRow & { readonly role: string; readonly email?: string };
  readonly team?: EntityRow;
  /** The user within the key's team. */
  readonly member?: EntityRow & { readonly role: string };
  readonly organization?: EntityRow;
  readonly project?: EntityRow;
  readonly memberships: readonly { readonly teamId: string; readonly role: string }[];
  readonly organizations: readonly { readonly organizationId: string; readonly role: string }[];
}
