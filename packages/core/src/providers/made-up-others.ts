/** Answers that no provider gave, for operations beside chat and embeddings: what `mock_response` says in the shape of each. */

import { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import type { InboundReply } from "../transport/transport.ts";
import { jsonReply } from "./made-up-wire.ts";
import { type Fields, isFields } from "./quirks.ts";

export interface MadeUpOther {
  readonly operation: Operation;
  readonly model: string;
  /** `mock_response`, where it is no object. */
  readonly wanted: unknown;
  /** What was asked, where it was JSON. */
  readonly asked: Fields;
  /** Seconds since 1970. */
  readonly now: number;
  readonly id: string;
}

type MakeUp = (at: MadeUpOther) => unknown;

const transcript: MakeUp = ({ wanted }) => ({ text: String(wanted) });
const images: MakeUp = ({ wanted, now }) => ({ created: now, data: (Array.isArray(wanted) ? wanted : [wanted]).map(imageOf) });

const makers: { readonly [O in Operation]?: MakeUp } = {
  rerank: ({ asked, id }) => {
    const documents = Array.isArray(asked["documents"]) ? asked["documents"] : [];
    const results = documents.map((_, index) => ({ index, relevance_score: 1 / (index + 1) }));
    return { id, results, meta: { billed_units: { search_units: 1 } } };
  },
  image: images,
  editImage: images,
  varyImage: images,
  transcribe: transcript,
  translate: transcript,
  moderate: ({ asked, id, model }) => {
    const inputs: readonly unknown[] = Array.isArray(asked["input"]) ? asked["input"] : [asked["input"]];
    return { id, model, results: inputs.map(() => ({ flagged: false, categories: {}, category_scores: {} })) };
  },
  ocr: ({ wanted, model }) => ({ pages: [{ index: 0, markdown: String(wanted), images: [] }], model, usage_info: { pages_processed: 1 } }),
};

/** Throws bad_request for an operation whose answer no text can stand for. */
export function madeUpOther(at: MadeUpOther): InboundReply {
  const make = makers[at.operation];
  if (make) return jsonReply(make(at));
  throw new GatewayError("bad_request", `There is no mock_response for ${at.operation}. Leave it out for this model.`, {
    param: "mock_response",
  });
}

function imageOf(wanted: unknown): unknown {
  return isFields(wanted) ? wanted : { url: String(wanted) };
}
