import { expect, it } from "vitest";
import { fileOf } from "../hub/file-part.ts";
import { guessed, soundUsage } from "./sound-length.ts";

/** PCM of so many bytes a second, with a chunk before the sound that nobody asked for. */
function wav(seconds: number, bytesPerSecond: number, told = seconds * bytesPerSecond): Buffer {
  const head = Buffer.alloc(12 + 24 + 12 + 8);
  head.write("RIFF", 0);
  head.write("WAVE", 8);
  head.write("LIST", 12);
  head.writeUInt32LE(4, 16);
  head.write("fmt ", 24);
  head.writeUInt32LE(16, 28);
  head.writeUInt32LE(bytesPerSecond, 40);
  head.write("data", 48);
  head.writeUInt32LE(told, 52);
  return Buffer.concat([head, Buffer.alloc(seconds * bytesPerSecond)]);
}

it("reads how long a WAV file is", async () => {
  expect(await soundUsage(fileOf(wav(3, 16_000), "a.wav", "audio/wav"))).toEqual({ units: { seconds: 3 } });
});

it("believes no length that the file has not", async () => {
  expect(await soundUsage(fileOf(wav(2, 8_000, 0xffffffff), "a.wav", "audio/wav"))).toEqual({ units: { seconds: 2 } });
});

it("guesses other sound by its size, and says so", async () => {
  expect(await soundUsage(fileOf(Buffer.alloc(160_000), "a.mp3", "audio/mpeg"))).toEqual({ units: { seconds: 10 }, estimated: true });
  expect(guessed(40_000, "audio/ogg")).toEqual({ units: { seconds: 10 }, estimated: true });
});

it("takes what only calls itself WAV for a guess", async () => {
  const usage = await soundUsage(fileOf(Buffer.from("RIFF but no sound"), "a.wav", "audio/wav"));
  expect(usage.estimated).toBe(true);
});
