/** Parameters of OpenAI's that providers of images and sound with formats of their own take: those that their translators know. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

export const mediaWords = {
  /** Formats and times are made of what every such provider tells: words with their times. */
  heard: set("language response_format timestamp_granularities"),
  heardWarm: set("language response_format temperature timestamp_granularities"),
  heardPrompted: set("language prompt response_format timestamp_granularities"),
  spoken: set("response_format speed voice"),
  spokenPlain: set("voice"),
} as const;
