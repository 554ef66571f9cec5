/** Making, changing and varying images. Source: platform.openai.com/docs/api-reference/images. */

import type { FilePart } from "./file-part.ts";

export interface ImageRequest {
  model: string;
  prompt: string;
  n?: number | null;
  /** `1024x1024`, `auto` … */
  size?: string | null;
  quality?: string | null;
  style?: string | null;
  response_format?: "url" | "b64_json" | null;
  user?: string | null;
  [name: string]: unknown;
}

/** The prompt is absent where a provider varies an image without one. */
export interface ImageEditRequest {
  model: string;
  prompt?: string;
  /** One or more images, in the order in which they came. */
  image: readonly FilePart[];
  mask?: FilePart;
  n?: number | null;
  size?: string | null;
  quality?: string | null;
  response_format?: "url" | "b64_json" | null;
  user?: string | null;
  [name: string]: unknown;
}

export interface ImageResponse {
  /** Seconds since 1970. */
  created: number;
  data: { url?: string; b64_json?: string; revised_prompt?: string; [name: string]: unknown }[];
  usage?: { input_tokens?: number; output_tokens?: number; total_tokens?: number; [name: string]: unknown };
  [name: string]: unknown;
}
