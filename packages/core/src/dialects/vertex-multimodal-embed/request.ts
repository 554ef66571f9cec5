/** Texts, images and videos of an embedding request → instances of predict. */

import { GatewayError } from "../../errors.ts";
import type { TranslateContext } from "../dialect.ts";
import { camelOf, type Fields, isFields } from "../gemini/json.ts";

const translated = new Set("model input dimensions encoding_format user metadata parameters".split(" "));
const video = /\.(mp4|mov|mpe?g|avi|wmv|webm|flv|mkv)$/i;

export function multimodalRequest({ asked }: TranslateContext<"embed">): Fields {
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  const parameters: Fields = {
    ...(typeof asked.dimensions === "number" && { dimension: asked.dimensions }),
    ...Object.fromEntries(own.map(([name, value]) => [camelOf(name), value])),
  };
  const inputs: readonly unknown[] = Array.isArray(asked.input) ? asked.input : [asked.input];
  return { instances: inputs.map(instanceOf), ...(Object.keys(parameters).length > 0 && { parameters }) };
}

/** An object is an instance as Google knows it; a text may be an address in Cloud Storage or a data: URL. */
function instanceOf(input: unknown): Fields {
  if (isFields(input)) return input;
  if (typeof input !== "string") {
    throw new GatewayError(
      "bad_request",
      "This model embeds texts, images and videos. Send texts, data: URLs, gs:// addresses or objects with text, image and video.",
      {
        param: "input",
      },
    );
  }
  if (input.startsWith("gs://")) return video.test(input) ? { video: { gcsUri: input } } : { image: { gcsUri: input } };
  const inline = /^data:(image|video)\/[^;,]+;base64,/.exec(input);
  return inline?.[1] ? { [inline[1]]: { bytesBase64Encoded: input.slice(inline[0].length) } } : { text: input };
}
