/** Stability's tools for images: which model name means which, where it is, how it calls what others call image and prompt. */

export interface Tool {
  readonly path: string;
  /** The member of the image; default `image`. */
  readonly image?: string;
  /** The member of the prompt; null: it takes none. */
  readonly prompt?: string | null;
  /** It is named in the body, too. */
  readonly named?: true;
  /** It answers with an id, and with the image later. */
  readonly later?: true;
}

const make = "/v2beta/stable-image/generate";
const edit = "/v2beta/stable-image/edit";
const control = "/v2beta/stable-image/control";
const upscale = "/v2beta/stable-image/upscale";

/** The first whose words stand in the model's name: those of the API (`search-and-replace`) and those of Bedrock (`search-replace-v1:0`). */
const tools: readonly (readonly [words: RegExp, tool: Tool])[] = [
  [/conservative/, { path: `${upscale}/conservative` }],
  [/creative/, { path: `${upscale}/creative`, later: true }],
  [/\bfast\b/, { path: `${upscale}/fast`, prompt: null }],
  [/inpaint/, { path: `${edit}/inpaint` }],
  [/outpaint/, { path: `${edit}/outpaint` }],
  [/erase/, { path: `${edit}/erase`, prompt: null }],
  [/remove-background/, { path: `${edit}/remove-background`, prompt: null }],
  [
    /replace-background/,
    { path: `${edit}/replace-background-and-relight`, image: "subject_image", prompt: "background_prompt", later: true },
  ],
  [/search-(and-)?replace/, { path: `${edit}/search-and-replace` }],
  [/search-(and-)?recolor/, { path: `${edit}/search-and-recolor` }],
  [/sketch/, { path: `${control}/sketch` }],
  [/structure/, { path: `${control}/structure` }],
  [/style-transfer/, { path: `${control}/style-transfer`, image: "init_image" }],
  [/\bstyle\b/, { path: `${control}/style` }],
  [/ultra/, { path: `${make}/ultra` }],
  [/core/, { path: `${make}/core` }],
];

export function toolOf(model: string): Tool {
  return tools.find(([words]) => words.test(model))?.[1] ?? { path: `${make}/sd3`, named: true };
}

/** True for what makes images from nothing but words. */
export function makesImages(model: string): boolean {
  return toolOf(model).path.startsWith(make);
}
