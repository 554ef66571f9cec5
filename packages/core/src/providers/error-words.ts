/** Errors that a provider tells by words or codes of its own, as rows. */

import { openaiError } from "../dialects/openai-chat/error.ts";
import { type ErrorKind, errorKinds, GatewayError } from "../errors.ts";
import type { WireReply } from "../transport/transport.ts";
import type { Quirks } from "./provider.ts";

export interface ErrorRow {
  /** Looked for in code, type and message. */
  readonly words: RegExp;
  readonly kind: ErrorKind;
}

/** The first row whose words are found decides, with its kind's own status; without one the dialect does. */
export function errorWords(rows: readonly ErrorRow[], read: (reply: WireReply) => GatewayError = openaiError): Quirks {
  return {
    error(reply) {
      const error = read(reply);
      const words = `${error.detail.code ?? ""} ${error.detail.type ?? ""} ${error.message}`;
      const found = rows.find((row) => row.words.test(words));
      return found && new GatewayError(found.kind, error.message, { ...error.detail, status: errorKinds[found.kind].status });
    },
  };
}
