/** The OpenAPI description of what is served: made from the routes themselves, with a summary for each kind. */

import { adminPaths } from "@tollgate/admin";

export interface ServedRoute {
  readonly path: string;
  readonly methods: readonly string[];
}

const summaries: readonly (readonly [RegExp, string])[] = [
  [/chat\/completions$/, "Chat, in OpenAI's format; stream: true answers with server-sent events"],
  [/completions$/, "Text completion, in OpenAI's format"],
  [/embeddings$/, "Embeddings, in OpenAI's format"],
  [/rerank$/, "Documents by their relevance, in Cohere's format"],
  [/images\/generations$/, "Images from a text"],
  [/images\/edits$/, "An image changed as a text says; takes a form"],
  [/images\/variations$/, "Variations of an image; takes a form"],
  [/audio\/speech$/, "A text as speech; answers with sound"],
  [/audio\/transcriptions$/, "Speech as text; takes a form"],
  [/audio\/translations$/, "Speech of any language as English text; takes a form"],
  [/moderations$/, "Whether a text is harmful"],
  [/\/ocr$/, "The text of a document, in Mistral's format"],
  [/\/models$/, "The models that may be called"],
  [/\/models\/\{model\}$/, "One model"],
  [/\/model\/info$/, "Deployments with their limits and prices, without secrets"],
  [/model_group\/info$/, "Public model names with their providers, limits and abilities"],
  [/health\/live/, "Alive as soon as it listens; needs no key"],
  [/health\/readiness$/, "Ready to serve; needs no key"],
  [/\/health$/, "Asks each deployment with a small real call; master key only"],
  [/token_counter$/, "Counts the tokens of messages or a prompt"],
  [/supported_openai_params$/, "The OpenAI parameters that a model takes"],
  [/transform_request$/, "The request that a provider would be sent, without sending it"],
  [/^\/$/, "What this is, as a page"],
  [/\/docs$/, "This list, as a page"],
  [/\/routes$/, "All routes"],
  [/openapi\.json$/, "All routes as an OpenAPI description"],
];

const modelBody = (required: readonly string[]): object => ({
  required: true,
  content: {
    "application/json": { schema: { type: "object", required, properties: { model: { type: "string" } }, additionalProperties: true } },
  },
});

const bodies: readonly (readonly [RegExp, object])[] = [
  [/chat\/completions$/, modelBody(["model", "messages"])],
  [/completions$/, modelBody(["model", "prompt"])],
  [/embeddings$/, modelBody(["model", "input"])],
];

const errorReply = {
  description: "What went wrong, in OpenAI's form",
  content: {
    "application/json": {
      schema: {
        type: "object",
        properties: {
          error: {
            type: "object",
            properties: {
              message: { type: "string" },
              type: { type: "string" },
              param: { type: ["string", "null"] },
              code: { type: "string" },
            },
          },
        },
      },
    },
  },
};

/** Made at the first question: hundreds of schemas, which most gateways are never asked for. */
let described: ReturnType<typeof adminPaths> | undefined;

export function openapiDocument(version: string, served: readonly ServedRoute[]): object {
  described ??= adminPaths(errorReply);
  const admin = described;
  const paths = Object.fromEntries(
    served.map(({ path, methods }) => {
      const names = methods.map((method) => method.toLowerCase());
      return [path, Object.fromEntries(names.map((name) => [name, admin[path]?.[name] ?? operation(path, name)]))];
    }),
  );
  return {
    openapi: "3.1.0",
    info: { title: "Tollgate", version, description: "One OpenAI-format API in front of 100+ model providers." },
    components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
    security: [{ key: [] }],
    paths,
  };
}

function operation(path: string, method: string): object {
  const body = method === "post" ? bodies.find(([pattern]) => pattern.test(path))?.[1] : undefined;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  return {
    summary: summaries.find(([pattern]) => pattern.test(path))?.[1] ?? "",
    ...(names.length > 0 && { parameters: names }),
    ...(body && { requestBody: body }),
    ...(/health\/(live|readiness)/.test(path) && { security: [] }),
    responses: { "200": { description: "OK" }, default: errorReply },
  };
}
