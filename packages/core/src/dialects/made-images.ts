/** What providers with image formats of their own share: sizes in numbers, one image a call, replies in the hub's form, their count. */

import { GatewayError } from "../errors.ts";
import type { ImageResponse } from "../hub/image.ts";
import type { Usage } from "../usage.ts";

/** Members of an image request that have another name there, or none. */
export const imageMembers: ReadonlySet<string> = new Set(
  (
    "model prompt image mask n size quality style response_format user metadata stream background moderation output_compression " +
    "partial_images input_fidelity extra_headers"
  ).split(" "),
);

/** `1024x768`; undefined where the size is left to the model. */
export function pixelsOf(size: string | null | undefined): { readonly width: number; readonly height: number } | undefined {
  if (!size || size === "auto") return undefined;
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size) ?? [];
  if (width && height) return { width: Number(width), height: Number(height) };
  throw new GatewayError("bad_request", `The size "${size}" is none. Write it like 1024x1024, or auto.`, { param: "size" });
}

export function oneImage(n: number | null | undefined, dropParams: boolean): void {
  if (!n || n <= 1 || dropParams) return;
  throw new GatewayError(
    "unsupported_params",
    "This model makes one image a call. Leave n out, ask several times, or set drop_params: true.",
    { param: "n" },
  );
}

/** `data:` URLs are the image itself, all others its address. */
export function imagesFrom(urls: readonly string[], now: number): ImageResponse {
  const data = urls.map((url) => {
    const base64 = /^data:[^,]*;base64,/i.exec(url);
    return base64 ? { b64_json: url.slice(base64[0].length) } : { url };
  });
  return { created: now, data };
}

/** The size that was asked for is the size that was made: these replies do not tell it. */
export function imageUsage(images: number, asked?: Readonly<Record<string, unknown>>): Usage | undefined {
  if (images === 0) return undefined;
  const { size, quality } = asked ?? {};
  const kind = {
    ...(typeof size === "string" && size !== "" && { size }),
    ...(typeof quality === "string" && quality !== "" && { quality }),
  };
  return { units: { images }, ...(Object.keys(kind).length > 0 && { imageKind: kind }) };
}
