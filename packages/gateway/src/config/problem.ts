/** What is wrong with a configuration, and where: the shape that every check of it reports in. */

export interface Place {
  readonly file: string;
  /** From 1; 0 means the file as a whole. */
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Place {
  readonly severity: "error" | "warning";
  /** `general_settings.master_key`, `model_list[2].litellm_params.model`; empty when no key is meant. */
  readonly key: string;
  /** What is wrong, then what to do. */
  readonly message: string;
}

export type Report = (problem: Problem) => void;
export type Path = readonly (string | number)[];

/** A path as people write it: `model_list[0].litellm_params.model`. */
export function keyOf(path: Path): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    return key === "" ? part : `${key}.${part}`;
  }, "");
}

export function problem(severity: Problem["severity"], place: Place, path: Path, message: string): Problem {
  return { severity, file: place.file, line: place.line, column: place.column, key: keyOf(path), message };
}

/** One line for a terminal: `config.yaml:3:5: error: general_settings.master_key: …` */
export function problemLine({ file, line, column, severity, key, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return [place, severity, ...(key ? [key] : []), message].join(": ");
}
