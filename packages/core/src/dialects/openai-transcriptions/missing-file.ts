/** The error for a form without the file that it needs. */

import type { GatewayError } from "../../errors.ts";
import { missing, wrong } from "../openai-chat/client-side.ts";

/** Says which parts did come: a wrong name is the usual mistake. */
export function missingFile(name: string, cameAsText: boolean, files: ReadonlyMap<string, unknown>): GatewayError {
  if (cameAsText) return wrong(name, "a file: a part of the form with a filename");
  if (files.size === 0) return missing(name);
  const came = [...files.keys()].map((each) => `'${each.slice(0, 50)}'`).join(", ");
  return wrong(name, `a file of the form, under that name; the files that came are called ${came}`);
}
