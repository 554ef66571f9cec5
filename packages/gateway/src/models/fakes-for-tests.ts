/** A real house and the models of a test's database, without a gateway around. */

import { type BuiltHouse, buildHouse, bundledPriceBook, type DeploymentRow, type RouterSettings } from "tollgate/parts";
import { createTeamModels } from "../access/team-models.ts";
import type { ModelParts } from "../management/model-parts.ts";
import { createEncryption } from "../secrets/encryption.ts";
import type { Database } from "../store/database.ts";
import { createModels, type FileModels } from "./models.ts";

const none: ReadonlyMap<string, never> = new Map<string, never>();

export const plainRouter: RouterSettings = {
  strategy: "simple-shuffle",
  numRetries: 0,
  retryAfterMs: 0,
  timeoutMs: 60_000,
  cooldownMs: 0,
  disableCooldowns: true,
  fallbacks: none,
  contextWindowFallbacks: none,
  contentPolicyFallbacks: none,
  defaultFallbacks: [],
  maxFallbacks: 5,
  aliases: none,
  retryPolicy: {},
  groupRetryPolicy: none,
  allowedFailsPolicy: {},
};

export interface TestModels extends ModelParts {
  readonly house: BuiltHouse;
  readonly warned: string[];
  /** How often access had to be worked out anew. */
  readonly accessChanges: () => number;
}

export async function testModels(
  database: Database,
  {
    rows = [],
    credentials = new Map(),
    env = {},
    salt = "salt",
    storeInDatabase = true,
  }: Partial<FileModels> & {
    env?: Readonly<Record<string, string>>;
    salt?: string;
    storeInDatabase?: boolean;
  } = {},
): Promise<TestModels> {
  const warned: string[] = [];
  let changes = 0;
  const house = buildHouse({ rows: [], router: plainRouter, book: await bundledPriceBook(), env });
  const encryption = createEncryption(salt);
  const secrets = () => encryption;
  const models = createModels({
    file: { rows: rows.map((row): DeploymentRow => ({ source: "config", ...row })), credentials },
    database,
    encryption: secrets,
    env,
    replaceRows: (next) => house.replaceRows(next),
    onAccessChanged: () => {
      changes += 1;
    },
    warn: (fields, text) => void warned.push(`${text} ${JSON.stringify(fields)}`),
  });
  await models.reload();
  return {
    models,
    house,
    secrets,
    env,
    storeInDatabase,
    teamModels: createTeamModels(() => house.router.routes),
    warned,
    accessChanges: () => changes,
  };
}
