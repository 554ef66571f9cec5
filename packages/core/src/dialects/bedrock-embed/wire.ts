/** Embedding bodies of Bedrock's families. Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and its siblings. */

export type JsonObject = Record<string, unknown>;
