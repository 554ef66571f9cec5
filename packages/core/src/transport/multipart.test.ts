import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type FormFile, multipart } from "./multipart.ts";

const file = (content: string, filename = "a.wav", mediaType = "audio/wav"): FormFile => ({
  filename,
  mediaType,
  size: Buffer.byteLength(content),
  open: () => Readable.from([Buffer.from(content)]),
});

async function read(body: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

describe("multipart", () => {
  it("writes texts and files, and is as long as it says", async () => {
    const form = multipart(
      [
        { name: "model", value: "whisper-1" },
        { name: "file", value: file("Ünï") },
      ],
      "b1",
    );
    const text = await read(form.body.open());
    expect(form.contentType).toBe("multipart/form-data; boundary=b1");
    expect(text).toBe(
      '--b1\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n' +
        '--b1\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\ncontent-type: audio/wav\r\n\r\nÜnï\r\n--b1--\r\n',
    );
    expect(form.body.length).toBe(Buffer.byteLength(text));
  });

  it("can be read again, because a retry sends it again", async () => {
    const { body } = multipart([{ name: "file", value: file("same") }], "b1");
    expect(await read(body.open())).toBe(await read(body.open()));
  });

  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\music\\a.mp3", "a.mp3"],
    ['a"\r\nx: y.wav', "a%22%0D%0Ax: y.wav"],
    ["", "file"],
  ])("lets no file name leave its place: %j", async (given, written) => {
    const text = await read(multipart([{ name: "file", value: file("x", given) }], "b1").body.open());
    expect(text).toContain(`filename="${written}"\r\n`);
  });

  it("lets no media type begin a line of its own", async () => {
    const text = await read(multipart([{ name: "file", value: file("x", "a", "audio/wav\r\nx: y") }], "b1").body.open());
    expect(text).toContain("\r\ncontent-type: application/octet-stream\r\n\r\nx");
  });

  it("closes the file that is open when nobody reads on", async () => {
    let closed = false;
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(1024));
      },
      destroy(error, done) {
        closed = true;
        done(error);
      },
    });
    const stream = multipart([{ name: "file", value: { ...file("x"), open: () => endless } }], "b1").body.open();
    for await (const _ of stream) break;
    expect(closed).toBe(true);
  });

  it("breaks off when a file cannot be read", async () => {
    const broken = { ...file("x"), open: () => Readable.from(gone()) };
    await expect(read(multipart([{ name: "file", value: broken }], "b1").body.open())).rejects.toThrow("gone");
  });
});

async function* gone(): AsyncGenerator<Buffer> {
  yield Buffer.from("x");
  throw new Error("gone");
}
