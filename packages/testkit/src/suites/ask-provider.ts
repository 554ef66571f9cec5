/** Whole calls to one provider, without a network: what is sent where, in how many steps, and what the client gets. */

import {
  Body,
  beginCall,
  type ClientSide,
  cohereRerankClient,
  type FilePart,
  open,
  openaiChatClient,
  openaiEmbeddingsClient,
  openaiImageEditsClient,
  openaiImagesClient,
  openaiImageVariationsClient,
  openaiSpeechClient,
  openaiTranscriptionsClient,
} from "tollgate/parts";
import { fakeClock } from "../fake-clock.ts";
import { type ScriptedReply, type ScriptedStep, scriptedTransport } from "../scripted-transport.ts";
import { houseOf } from "./provider.ts";

const clients = {
  chat: openaiChatClient,
  embed: openaiEmbeddingsClient,
  image: openaiImagesClient,
  edit: openaiImageEditsClient,
  vary: openaiImageVariationsClient,
  speak: openaiSpeechClient,
  transcribe: openaiTranscriptionsClient,
  rerank: cohereRerankClient,
} as const;

export interface Asking {
  /** With its provider: `deepgram/nova-3`. */
  readonly model: string;
  readonly body?: object;
  readonly files?: Readonly<Record<string, FilePart>>;
  /** `litellm_params` beside model and key, which is `sk-1`. */
  readonly settings?: object;
  /** Answers when the replies are at their end. */
  readonly otherwise?: ScriptedStep;
}

type Opened = Awaited<ReturnType<typeof open>>;

/** One for each test. Time moves on by as much as tasks may need. */
export function providerCalls() {
  const clock = fakeClock();
  const script: ScriptedReply[] = [];
  let otherwise: ScriptedStep | undefined;
  const transport = scriptedTransport([], {
    clock,
    otherwise: (request, index) => {
      const step = script.shift() ?? otherwise;
      if (!step) throw new Error(`Nothing is scripted for ${request.method} ${request.origin}${request.path}`);
      return typeof step === "function" ? step(request, index) : step;
    },
  });

  async function ask(what: keyof typeof clients, asking: Asking, ...replies: readonly ScriptedReply[]): Promise<Opened> {
    const { model, body = {}, files, settings } = asking;
    script.push(...replies);
    otherwise = asking.otherwise;
    const row = { model_name: "public", litellm_params: { model, api_key: "sk-1", ...settings } };
    const house = houseOf(row, transport, clock);
    const parts = files && new Map(Object.entries(files).map(([name, file]) => [name, [file]] as const));
    const at = { headers: {}, params: {}, query: {}, body: Body.of({ model: "public", ...body }), ...(parts && { files: parts }) };
    const done = open(beginCall("call", clients[what] as unknown as ClientSide, at), house);
    done.catch(() => {});
    await clock.advance(20_000);
    return done;
  }

  return {
    ask,
    sent: transport.sent,
    /** Method and address of each request. */
    steps: () => transport.sent.map(({ method, origin, path }) => `${method} ${origin}${path}`),
    /** The body of a request, also where it is sent in pieces. */
    bodyOf: async (at: number): Promise<string> => {
      const body = transport.sent[at]?.body;
      if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) return String(body ?? "");
      let text = "";
      for await (const piece of body.open()) text += String(piece);
      return text;
    },
  };
}

/** What the client got, parsed. */
export async function answered(opened: Promise<Opened>): Promise<unknown> {
  const { answer } = await opened;
  if (answer.kind !== "json") throw new Error(`The answer is ${answer.kind}.`);
  return JSON.parse(answer.outbound.body.toString());
}

/** The chunks that a client of a stream got, and the failure it ended with. */
export async function streamed(
  opened: Promise<Opened>,
): Promise<{ readonly chunks: readonly Record<string, unknown>[]; readonly error?: unknown }> {
  const { answer } = await opened;
  if (answer.kind !== "stream") throw new Error(`The answer is ${answer.kind}.`);
  let text = "";
  const write = (more: string, encoding: "latin1" | "utf8"): boolean => {
    text += Buffer.from(more, encoding).toString();
    return true;
  };
  const error = await new Promise<unknown>((resolve) =>
    answer.relay.attach({ write, end: write }, (end, finish) => {
      finish();
      resolve(end.error);
    }),
  );
  const told = text.split("\n\n").filter((each) => each.startsWith("data: {"));
  return { chunks: told.map((each) => JSON.parse(each.slice(6)) as Record<string, unknown>), error };
}
