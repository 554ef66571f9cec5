/** What travels in InvokeModel: each family's own JSON. Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html. */

export type JsonObject = Record<string, unknown>;

/** One event of InvokeModelWithResponseStream: the family's JSON in base64, beside padding. */
export interface WireChunk {
  readonly bytes?: string;
}
