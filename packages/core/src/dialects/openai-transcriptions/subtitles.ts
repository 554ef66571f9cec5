/** Subtitles made of timed segments, for providers that know no SRT and no WebVTT. */

import type { TranscribeResponse } from "../../hub/audio.ts";

/** The text itself when it is subtitles already, or when nobody said what was heard when. */
export function subtitles({ text, segments }: TranscribeResponse, format: "srt" | "vtt"): string {
  if (text.includes("-->") || !segments || segments.length === 0) return text;
  const mark = format === "srt" ? "," : ".";
  const cues = segments.map((segment, at) => {
    const times = `${time(segment["start"], mark)} --> ${time(segment["end"], mark)}`;
    const words = String(segment["text"] ?? "").trim();
    return format === "srt" ? `${at + 1}\n${times}\n${words}\n` : `${times}\n${words}\n`;
  });
  return `${format === "vtt" ? "WEBVTT\n\n" : ""}${cues.join("\n")}\n`;
}

/** `00:01:02,345` */
function time(seconds: unknown, mark: string): string {
  const all = Math.max(0, Math.round(Number(seconds ?? 0) * 1000)) || 0;
  const two = (part: number): string => String(part).padStart(2, "0");
  const whole = Math.floor(all / 1000);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${mark}${String(all % 1000).padStart(3, "0")}`;
}
