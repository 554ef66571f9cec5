/** Makes a provider of a row: a server that speaks OpenAI's dialects, with as few words as it differs by. */

import type { ModelFacts } from "../hub/model-facts.ts";
import { keyAuth } from "./auth/key.ts";
import { type Does, openaiSides } from "./openai-sides.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, Provider, Quirks, Service, Settings } from "./provider.ts";
import { developerAsSystem, noStreamOptions, quirks } from "./quirks.ts";

export interface CompatibleRow {
  readonly name: string;
  readonly title: string;
  /** Without one the config must name it. */
  readonly base?: string | ((settings: Settings, model: string) => string);
  /** Variables that hold the key; default `<NAME>_API_KEY`. */
  readonly key?: readonly string[];
  /** A server of one's own may need none. */
  readonly keyless?: true;
  /** Instead of a bearer key. */
  readonly auth?: Auth;
  /** Variables that name the address; default `<NAME>_API_BASE`. */
  readonly baseEnv?: readonly string[];
  readonly settingsEnv?: Provider["settingsEnv"];
  /** What it is asked for, default chat. */
  readonly does?: readonly Does[];
  /** Sides of its own, which win over those of `does`. */
  readonly sides?: Service["sides"];
  readonly quirks?: Quirks | ((model: string, facts: ModelFacts, settings: Settings) => Quirks | undefined);
  /** Values that it refuses, by the names of their parameters. */
  readonly refuses?: Service["refuses"];
  /** It knows OpenAI's role `developer`; to others that is `system`. */
  readonly developer?: true;
  /** The name that travels. */
  readonly model?: (model: string, settings: Settings) => string;
  readonly headers?: (settings: Settings) => Readonly<Record<string, string>>;
  readonly docs?: string;
}

export function compatible(row: CompatibleRow): Provider {
  const key = row.key ?? [`${envName(row.name)}_API_KEY`];
  return {
    name: row.name,
    title: row.title,
    docs: row.docs,
    auth: row.auth ?? keyAuth({ env: key, optional: row.keyless }),
    baseEnv: row.baseEnv ?? [`${envName(row.name)}_API_BASE`],
    settingsEnv: row.settingsEnv,
    serve: (model, settings, facts) => serve(row, model, settings, facts),
  };
}

function serve(row: CompatibleRow, model: string, settings: Settings, facts: ModelFacts): Service {
  const chat = supportedParameters(row.name, "chat", model, facts);
  const own = typeof row.quirks === "function" ? row.quirks(model, facts, settings) : row.quirks;
  return {
    model: row.model?.(model, settings) ?? model,
    baseUrl: addressOf(row, settings, model),
    supports: {
      chat,
      embed: supportedParameters(row.name, "embed", model, facts),
      transcribe: supportedParameters(row.name, "transcribe", model, facts),
    },
    refuses: row.refuses,
    quirks: quirks(row.developer ? undefined : developerAsSystem, chat && !chat.has("stream_options") ? noStreamOptions : undefined, own),
    sides: { ...openaiSides(row.does ?? ["chat"]), ...row.sides },
    headers: row.headers?.(settings),
  };
}

function addressOf(row: CompatibleRow, settings: Settings, model: string): string {
  if (typeof row.base === "function") return row.base(settings, model);
  return settings.api_base ?? row.base ?? "";
}

function envName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}
