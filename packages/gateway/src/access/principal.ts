/** Who asks. */

/** The holder of the master key; virtual keys join here with the database. */
export interface Principal {
  readonly kind: "master";
  /** For records: never the key itself. */
  readonly name: string;
}
