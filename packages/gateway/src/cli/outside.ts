/** What a command has of the world around it. */

export interface Outside {
  readonly version: string;
  readonly cwd: string;
  /** Folders where the shipped examples may be, first wins. */
  readonly examples: readonly URL[];
  /** To standard output, with a line end. */
  print(text: string): void;
  /** To standard output as it is. */
  write(text: string): void;
  /** To standard error, with a line end. */
  complain(text: string): void;
  /** True when standard output is a terminal. */
  readonly terminal: boolean;
}

/** Exit code; undefined while a server runs on. */
export type Ending = number | undefined;
