/** The one public door of the library. */

export { type Client, type ClientOptions, createClient } from "./client.ts";
export type * from "./client-types.ts";
export { countTokens } from "./count-tokens.ts";
export * from "./error-classes.ts";
export { type Blame, type ErrorDetail, type ErrorKind, errorKinds, GatewayError, type Retry } from "./errors.ts";
export type * from "./hub/audio.ts";
export type * from "./hub/chat.ts";
export type * from "./hub/embed.ts";
export type * from "./hub/extensions.ts";
export { type FilePart, fileOf } from "./hub/file-part.ts";
export type * from "./hub/image.ts";
export type { ModelFacts } from "./hub/model-facts.ts";
export type * from "./hub/moderate.ts";
export type * from "./hub/ocr.ts";
export type * from "./hub/rerank.ts";
export { completionCost, modelInfo } from "./pricing/model-info.ts";
export {
  completion,
  embedding,
  imageEdit,
  imageGeneration,
  imageVariation,
  moderation,
  ocr,
  rerank,
  speech,
  textCompletion,
  transcription,
  translation,
} from "./shared-client.ts";
export { supportedParams } from "./supported-params.ts";
