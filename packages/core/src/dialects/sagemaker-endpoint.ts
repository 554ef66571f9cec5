/** Where a SageMaker endpoint is called, and which of its models. Source: docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html. */

import type { Settings } from "./dialect.ts";

export function sagemakerPath({ model, stream }: { model: string; stream: boolean }): string {
  return `/endpoints/${encodeURIComponent(model)}/${stream ? "invocations-response-stream" : "invocations"}`;
}

const none = Object.freeze({});

/** `model_id` names an inference component where several models share an endpoint. */
export function sagemakerHeaders({ settings }: { settings: Settings }): Readonly<Record<string, string>> {
  const component = settings["model_id"];
  return typeof component === "string" && component !== "" ? { "x-amzn-sagemaker-inference-component": component } : none;
}
