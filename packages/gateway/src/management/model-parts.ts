/** What the handlers of models and credentials are given beside the rest. */

import type { BuiltHouse } from "tollgate/parts";
import type { TeamModels } from "../access/team-models.ts";
import type { Environment } from "../models/environment-values.ts";
import type { Models } from "../models/models.ts";
import type { Encryption } from "../secrets/encryption.ts";

export interface ModelParts {
  readonly models: Models;
  readonly house: Pick<BuiltHouse, "router" | "compile">;
  readonly secrets: () => Promise<Encryption>;
  readonly env: Environment;
  readonly teamModels: () => TeamModels;
  /** `general_settings.store_model_in_db`. */
  readonly storeInDatabase: boolean;
}
