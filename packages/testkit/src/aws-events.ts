/** Writes AWS's binary event streams from a list of events, so that fixtures can be read by people. */

import { crc32 } from "node:zlib";

export interface AwsEvent {
  /** `:event-type`. */
  readonly event?: string;
  /** `:exception-type`; tells a failure. */
  readonly exception?: string;
  readonly json?: unknown;
  /** A payload that is no JSON, in base64. */
  readonly bytes?: string;
  /** Bedrock's invoke streams: JSON that travels as base64 in a `bytes` member. */
  readonly chunk?: unknown;
}

export function encodeAwsEvents(events: readonly AwsEvent[]): Buffer {
  return Buffer.concat(events.map(frameOf));
}

function frameOf(event: AwsEvent): Buffer {
  const payload = payloadOf(event);
  const headers = Buffer.concat(Object.entries(headersOf(event)).map(([name, value]) => headerOf(name, value)));
  const frame = Buffer.alloc(12 + headers.length + payload.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, 12);
  payload.copy(frame, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}

function payloadOf({ json, bytes, chunk }: AwsEvent): Buffer {
  if (bytes !== undefined) return Buffer.from(bytes, "base64");
  if (chunk === undefined) return Buffer.from(JSON.stringify(json ?? {}));
  return Buffer.from(JSON.stringify({ bytes: Buffer.from(JSON.stringify(chunk)).toString("base64"), p: "abcd" }));
}

function headersOf({ event, exception, bytes }: AwsEvent): Record<string, string> {
  const type = bytes === undefined ? "application/json" : "application/octet-stream";
  if (exception !== undefined) return { ":exception-type": exception, ":content-type": type, ":message-type": "exception" };
  return { ":event-type": event ?? "chunk", ":content-type": type, ":message-type": "event" };
}

function headerOf(name: string, value: string): Buffer {
  const text = Buffer.from(value);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(text.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), size, text]);
}
