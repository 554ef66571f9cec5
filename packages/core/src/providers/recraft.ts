/** Recraft: OpenAI's images, with edits of its own: image to image, or inpainting where a mask came. */

import { openaiImageEdits } from "../dialects/openai-images/provider-side.ts";
import { compatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** How far an edit may leave its image when nobody says it; the API wants a number. */
const USUAL_STRENGTH = 0.2;

const edits: typeof openaiImageEdits = {
  ...openaiImageEdits,
  path: ({ asked }) => (asked?.mask ? "/images/inpaint" : "/images/imageToImage"),
  request: (context) => ({ ...(context.asked.mask ? {} : { strength: USUAL_STRENGTH }), ...openaiImageEdits.request(context) }),
};

const withV1 = (base: string): string => (/\/v1(\/|$)/.test(base) ? base : `${base.replace(/\/+$/, "")}/v1`);

export const recraft: Provider = compatible({
  name: "recraft",
  title: "Recraft",
  base: ({ api_base }) => withV1(api_base ?? "https://external.api.recraft.ai"),
  does: ["image"],
  sides: { editImage: [edits] },
  docs: "https://www.recraft.ai/docs/api-reference/endpoints",
});
