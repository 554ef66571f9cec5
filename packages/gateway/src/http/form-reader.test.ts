/** Forms as they come over a real socket: limits, large parts on disk, clients that leave. */

import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GatewayError, systemClock } from "tollgate/parts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Form } from "../exchange.ts";
import { type BodyReader, createBodyReader } from "./request-body.ts";

const MB = 1_048_576;
let folder: string;
let server: Server;
let reader: BodyReader;
let came: (result: Form | GatewayError) => void;
let result: Promise<Form | GatewayError>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "form-test-"));
  reader = createBodyReader({ bytes: 4 * MB, silenceMs: 60_000 }, systemClock, folder);
  result = new Promise((resolve) => {
    came = resolve;
  });
  server = createServer((request, response) => {
    reader.readForm(request, { n: "number" }).then(
      (form) => {
        came(form);
        response.end();
      },
      (thrown: unknown) => {
        came(GatewayError.from(thrown));
        response.writeHead(400, { connection: "close" }).end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
});

const port = (): number => (server.address() as AddressInfo).port;
const spilled = (): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.includes("/"));

async function post(body: FormData | string, headers: Record<string, string> = {}): Promise<Form | GatewayError> {
  await fetch(`http://127.0.0.1:${port()}`, { method: "POST", body, headers }).catch(() => {});
  return result;
}

function form(fields: Readonly<Record<string, string | Blob>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

function whole(read: Form | GatewayError): Form {
  if (read instanceof GatewayError) throw read;
  return read;
}

/** Raw bytes of a form that never ends. */
function begin(text: string): ReturnType<typeof connect> {
  const socket = connect(port(), "127.0.0.1");
  socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 3000000\r\n\r\n${text}`);
  socket.on("error", () => {});
  return socket;
}

describe("a form", () => {
  it("is read as fields and files", async () => {
    const read = whole(await post(form({ model: "m", n: "2", file: new File(["sound"], "a.wav", { type: "audio/wav" }) })));
    expect(read.body.json).toEqual({ model: "m", n: 2 });
    const [file] = read.files.get("file") ?? [];
    expect(file).toMatchObject({ filename: "a.wav", mediaType: "audio/wav", size: 5 });
    expect((await file?.bytes())?.toString()).toBe("sound");
    expect(spilled()).toEqual([]);
  });

  it("has several files under one name, with or without []", async () => {
    const data = form({ "image[]": new File(["a"], "a.png") });
    data.append("image[]", new File(["b"], "b.png"));
    expect(
      whole(await post(data))
        .files.get("image")
        ?.map(({ filename }) => filename),
    ).toEqual(["a.png", "b.png"]);
  });

  it("keeps a large file on disk, for us alone, until it is closed", async () => {
    const content = Buffer.alloc(2 * MB, 7);
    const read = whole(await post(form({ file: new File([content], "a.wav") })));
    const [file] = read.files.get("file") ?? [];
    const [path = ""] = spilled();
    expect(statSync(join(folder, path)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, path, "..")).mode & 0o777).toBe(0o700);
    expect((await file?.bytes())?.equals(content)).toBe(true);
    const again: Buffer[] = [];
    for await (const piece of file?.open() ?? []) again.push(piece as Buffer);
    expect(Buffer.concat(again).equals(content)).toBe(true);
    read.close();
    await expect.poll(spilled).toEqual([]);
  });
});

describe("refused is", () => {
  it("what is larger than allowed, however it comes", async () => {
    expect(await post(form({ file: new File([Buffer.alloc(5 * MB)], "a.wav") }))).toMatchObject({ kind: "too_large" });
  });

  it("what grows larger than allowed without having said so, and nothing of it stays", async () => {
    const socket = connect(port(), "127.0.0.1");
    socket.on("error", () => {});
    const head = "--b\r\ncontent-disposition: form-data; name=file; filename=a\r\n\r\n";
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\ntransfer-encoding: chunked\r\n\r\n");
    const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    socket.write(chunk(head));
    for (let sent = 0; sent < 5; sent += 1) socket.write(chunk("x".repeat(MB)));
    expect(await result).toMatchObject({ kind: "too_large" });
    expect(spilled()).toEqual([]);
    socket.destroy();
  });

  it.each([
    ["multipart/form-data", "no boundary"],
    ["multipart/form-data; boundary=b", "no form at all"],
    ["multipart/form-data; boundary=b", '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\ncut'],
    ["multipart/form-data; boundary=b", "--b\r\ncontent-disposition: form-data\r\n\r\nnameless\r\n--b--\r\n"],
  ])("what cannot be read: %s, %j", async (type, text) => {
    expect(await post(text, { "content-type": type })).toMatchObject({ kind: "bad_request" });
  });

  it("too many parts", async () => {
    const data = new FormData();
    for (let at = 0; at < 501; at += 1) data.append(`f${at}`, "x");
    expect(await post(data)).toMatchObject({ kind: "bad_request", message: expect.stringContaining("too many parts") });
  });

  it("JSON, with what to send instead", async () => {
    const refused = await post("{}", { "content-type": "application/json" });
    expect(refused).toMatchObject({ kind: "unsupported_media", message: expect.stringContaining("multipart/form-data") });
  });
});

it("leaves nothing of a client that left", async () => {
  const socket = begin(`--b\r\ncontent-disposition: form-data; name=file; filename=a\r\n\r\n${"x".repeat(2 * MB)}`);
  await expect.poll(() => spilled().length).toBe(1);
  socket.destroy();
  expect(await result).toMatchObject({ kind: "client_gone" });
  expect(spilled()).toEqual([]);
});
