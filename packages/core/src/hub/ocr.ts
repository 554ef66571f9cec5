/** Reading documents, page by page, in Mistral's shape, which stands for all. Source: docs.mistral.ai/api/#tag/ocr. */

export interface OcrRequest {
  model: string;
  /** `{type: "document_url", document_url}`, `{type: "image_url", image_url}` or `{type: "file", file_id}`. */
  document: Readonly<Record<string, unknown>>;
  pages?: number[] | string | null;
  include_image_base64?: boolean | null;
  [name: string]: unknown;
}

export interface OcrResponse {
  object: "ocr";
  model: string;
  pages: { index: number; markdown: string; [name: string]: unknown }[];
  usage_info?: { pages_processed?: number; doc_size_bytes?: number | null; [name: string]: unknown };
  [name: string]: unknown;
}
