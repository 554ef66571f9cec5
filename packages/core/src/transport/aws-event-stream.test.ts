import { Buffer } from "node:buffer";
import { encodeAwsEvents } from "@tollgate/testkit/aws-events";
import { cut } from "@tollgate/testkit/fixtures";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { awsEventStreamSplitter } from "./aws-event-stream.ts";
import { awsPayloadPartsSplitter } from "./aws-payload-parts.ts";
import type { EventSplitter, WireEvent } from "./transport.ts";

const stream = encodeAwsEvents([
  { event: "messageStart", json: { role: "assistant" } },
  { event: "contentBlockDelta", json: { delta: { text: "Grüße 大阪" } } },
  { exception: "throttlingException", json: { message: "Slow down." } },
]);

function read(splitter: EventSplitter, pieces: readonly Buffer[]): WireEvent[] {
  const events: WireEvent[] = [];
  const keep = (event: WireEvent): void => void events.push(event);
  for (const piece of pieces) splitter.push(piece, keep);
  splitter.end(keep);
  return events;
}
const failure = (run: () => unknown): GatewayError => {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("awsEventStreamSplitter", () => {
  it("names events by their type and keeps their headers", () => {
    const [start, delta, exception] = read(awsEventStreamSplitter(), [stream]);
    expect(start).toMatchObject({ name: "messageStart", data: '{"role":"assistant"}', headers: { ":message-type": "event" } });
    expect(JSON.parse(delta?.data ?? "")).toEqual({ delta: { text: "Grüße 大阪" } });
    expect(exception).toMatchObject({
      name: "throttlingException",
      headers: { ":message-type": "exception", ":exception-type": "throttlingException" },
    });
  });

  it("reads the same however the bytes are cut", () => {
    const whole = read(awsEventStreamSplitter(), [stream]);
    const everyByte = cut(
      stream,
      Array.from({ length: stream.length }, (_, at) => at),
    );
    expect(read(awsEventStreamSplitter(), everyByte)).toEqual(whole);
    for (let at = 1; at < stream.length; at += 1) expect(read(awsEventStreamSplitter(), cut(stream, [at]))).toEqual(whole);
  });

  it("refuses a stream of which any one byte is damaged", () => {
    for (let at = 0; at < stream.length; at += 1) {
      const bytes = Buffer.from(stream);
      bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      expect(failure(() => read(awsEventStreamSplitter(), [bytes])).kind).toBe("stream_broken");
    }
  });

  it("does not wait for a frame whose length was damaged", () => {
    const bytes = Buffer.from(stream);
    bytes[1] = 0x7f;
    expect(failure(() => awsEventStreamSplitter().push(bytes.subarray(0, 12), () => {})).message).toContain("CRC");
  });

  it("tells an end in the middle of a frame", () => {
    expect(failure(() => read(awsEventStreamSplitter(), [stream.subarray(0, stream.length - 3)])).message).toContain("middle of a frame");
  });
});

describe("awsPayloadPartsSplitter", () => {
  const part = (text: string | Buffer) => ({ event: "PayloadPart", bytes: Buffer.from(text).toString("base64") });

  it("puts the container's own events together, whatever frames they were cut into", () => {
    const inner = Buffer.from('data: {"text":"Grüße"}\n\ndata: {"text":"!"}\n\ndata: [DONE]\n\n');
    for (let at = 1; at < inner.length; at += 1) {
      const parts = cut(inner, [at]).map(part);
      const events = read(awsPayloadPartsSplitter(), [encodeAwsEvents(parts)]);
      expect(events.map(({ data }) => data)).toEqual(['{"text":"Grüße"}', '{"text":"!"}', "[DONE]"]);
    }
  });

  it("reads containers that write a JSON object a line", () => {
    const parts = [part('{"outputs":["a"]}\n{"out'), part('puts":["b"]}')];
    const events = read(awsPayloadPartsSplitter(), [encodeAwsEvents(parts)]);
    expect(events.map(({ data }) => data)).toEqual(['{"outputs":["a"]}', '{"outputs":["b"]}']);
  });

  it("passes exceptions on", () => {
    const frames = encodeAwsEvents([part("data: 1\n\n"), { exception: "ModelStreamError", json: { Message: "Out of memory." } }]);
    expect(read(awsPayloadPartsSplitter(), [frames]).at(-1)).toMatchObject({ name: "ModelStreamError" });
  });
});
