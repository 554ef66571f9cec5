/** GigaChat: OpenAI's wire with functions instead of tools. Source: developers.sber.ru/docs/ru/gigachat/api/reference/rest/gigachat-api. */

import { gigachatAuth, gigachatEnv } from "./auth/gigachat.ts";
import { compatible } from "./compatible.ts";
import { toolsAsFunctions } from "./gigachat-functions.ts";
import type { Provider, Quirks } from "./provider.ts";
import { oldTokenLimit, quirks, textAsString } from "./quirks.ts";

const listOfTexts: Quirks = { rules: [({ input }) => (typeof input === "string" ? { set: { input: [input] } } : undefined)] };

export const gigachat: Provider = compatible({
  name: "gigachat",
  title: "GigaChat",
  base: "https://gigachat.devices.sberbank.ru/api/v1",
  auth: gigachatAuth,
  settingsEnv: gigachatEnv,
  does: ["chat", "embed"],
  quirks: quirks(oldTokenLimit, textAsString, toolsAsFunctions, listOfTexts),
  docs: "https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/gigachat-api",
});
