import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { awsPolly } from "./aws-polly.ts";
import type { Settings } from "./provider.ts";
import { sagemaker, sagemakerChat } from "./sagemaker.ts";

const settings: Settings = { model: "sagemaker/my-llm", aws_region_name: "eu-north-1" };

describe("SageMaker", () => {
  const [side] = sagemakerChat.serve("my-llm", settings, {}).sides.chat ?? [];

  it("calls an endpoint of the region", () => {
    expect(sagemaker.serve("my-llm", settings, {}).baseUrl).toBe("https://runtime.sagemaker.eu-north-1.amazonaws.com");
    expect(sagemaker.serve("my-llm", { ...settings, sagemaker_base_url: "https://own.example" }, {}).baseUrl).toBe("https://own.example");
    expect(side?.path({ model: "my-llm", stream: false, settings })).toBe("/endpoints/my-llm/invocations");
    expect(side?.path({ model: "my-llm", stream: true, settings })).toBe("/endpoints/my-llm/invocations-response-stream");
  });

  it("names the inference component where several share an endpoint", () => {
    const context = { settings: { ...settings, model_id: "component-1" } } as never;
    expect(side?.headers?.(context, {})).toEqual({ "x-amzn-sagemaker-inference-component": "component-1" });
  });

  it("tells a failure of AWS's own between the container's events", () => {
    const asked = { model: "public", messages: [] };
    const context = { asked, model: "m", publicModel: "public", facts: {}, settings, dropParams: false, fetched: new Map(), now: 0 };
    const decoder = side?.stream?.({ ...context, newId: () => "1" });
    const headers = { ":message-type": "exception", ":exception-type": "ModelStreamError" };
    const event = { name: "ModelStreamError", headers, data: '{"Message":"Out of memory."}' };
    expect(() => decoder?.push(event, () => {})).toThrow(GatewayError);
    expect(() => decoder?.push(event, () => {})).toThrow("Out of memory.");
  });

  it("reads errors of AWS and of the container", () => {
    const aws = side?.error({
      status: 424,
      headers: { "x-amzn-errortype": "ModelError" },
      body: { ErrorCode: "X", OriginalStatusCode: 400, OriginalMessage: "prompt is too long" },
    });
    expect(aws).toMatchObject({ kind: "context_window", message: "prompt is too long" });
    expect(side?.error({ status: 400, headers: {}, body: { error: { message: "Bad." } } })).toMatchObject({
      kind: "bad_request",
      message: "Bad.",
    });
  });
});

describe("Polly", () => {
  const [side] = awsPolly.serve("neural", { model: "aws_polly/neural", aws_region_name: "eu-west-1" }, {}).sides.speak ?? [];
  const asked = { model: "public", input: "Grüße 🎐" };

  it("answers with the sound and counts its characters", () => {
    const reply = { status: 200, headers: { "content-type": "audio/mpeg" }, body: Buffer.from("mp3") };
    expect(side?.response(reply, {} as never)).toEqual({ mediaType: "audio/mpeg", audio: Buffer.from("mp3") });
    expect(side?.usage(reply, asked)).toEqual({ units: { characters: 7 } });
    expect(side?.usage({ ...reply, headers: { "x-amzn-requestcharacters": "12" } }, asked)).toEqual({ units: { characters: 12 } });
  });

  it("refuses formats that it does not make", () => {
    expect(() => side?.request({ asked: { ...asked, response_format: "flac" }, model: "neural" } as never)).toThrow(/mp3, opus or pcm/);
  });
});
