/** Images in a reply of generateContent → the hub's image response. */

import { GatewayError } from "../../errors.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { TranslateContext } from "../dialect.ts";
import { answerOf } from "../gemini/response.ts";
import { usageOf } from "../gemini/usage.ts";
import type { GenerateReply, WireBlob } from "../gemini/wire.ts";

export function imageResponse(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const body = answerOf(reply);
  const images = imagesIn(body);
  if (images.length === 0) throw noImage(body);
  const usage = usageOf(body.usageMetadata, body.candidates, reply.headers);
  return { created: now, data: images.map(({ data }) => ({ b64_json: data })), ...(usage && { usage: imageUsage(usage) }) };
}

/** Drafts among the thoughts are none of the answer. */
export function imagesIn(body: GenerateReply | undefined): WireBlob[] {
  const parts = (body?.candidates ?? []).flatMap(({ content }) => content?.parts ?? []);
  return parts.flatMap(({ inlineData, thought }) => (inlineData && !thought ? [inlineData] : []));
}

function imageUsage({ inputTokens = 0, outputTokens = 0, imageInTokens = 0 }: Usage): ImageResponse["usage"] {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    input_tokens_details: { text_tokens: inputTokens - imageInTokens, image_tokens: imageInTokens },
  };
}

/** The model refused, or wrote instead of drawing. */
function noImage({ promptFeedback, candidates = [] }: GenerateReply): GatewayError {
  const reason = promptFeedback?.blockReason ?? candidates[0]?.finishReason;
  const words = candidates
    .flatMap(({ content }) => content?.parts ?? [])
    .map(({ text }) => text ?? "")
    .join("")
    .trim();
  if (reason && reason !== "STOP" && reason !== "MAX_TOKENS") {
    return new GatewayError(
      "content_policy",
      `The model made no image: ${reason}${words && `, "${words.slice(0, 300)}"`}. Change the prompt.`,
    );
  }
  const said = words ? ` It wrote: "${words.slice(0, 300)}".` : "";
  return new GatewayError("bad_reply", `The model answered without an image.${said} Ask it to draw, and check that it is an image model.`);
}
