/** Events of a prediction's stream as chat chunks: `output` with a piece of text each, `done` or `error` last. */

import { GatewayError } from "../../errors.ts";
import type { ChatChunk } from "../../hub/chat.ts";
import { chunkMaker } from "../chunk-maker.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { eventJson } from "../event-json.ts";
import { replicateError } from "./error.ts";

export function replicateDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  const chunks = chunkMaker(context);
  let complete = false;
  return {
    usage: undefined,
    get complete() {
      return complete;
    },
    push({ name, data }, emit) {
      if (complete) return;
      if (name === "output" && data !== "") chunks.tell({ content: data }, emit);
      if (name === "error") throw replicateError({ status: 500, headers: {}, body: eventJson(data) ?? data });
      if (name !== "done") return;
      const reason = eventJson(data)?.["reason"];
      if (reason === "canceled" || reason === "error") throw unfinished(reason);
      complete = true;
      chunks.finish("stop", emit);
    },
    end() {},
  };
}

function unfinished(reason: string): GatewayError {
  return new GatewayError("upstream_internal", `Replicate ended the prediction before it was done (${reason}). Try again.`);
}
