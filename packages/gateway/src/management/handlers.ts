/** Joins the handlers of all areas of the admin contract. */

import type { BuiltHouse, Clock } from "tollgate/parts";
import type { Principals } from "../access/principals.ts";
import type { TeamModels } from "../access/team-models.ts";
import type { Config } from "../config/config.ts";
import type { Handlers } from "../http/admin-routes.ts";
import type { Models } from "../models/models.ts";
import type { Encryption } from "../secrets/encryption.ts";
import type { Ledger } from "../spend/ledger.ts";
import type { Database } from "../store/database.ts";
import { createAccessGroups } from "./access-groups.ts";
import { createActivity } from "./activity.ts";
import { createAuditList } from "./audit-list.ts";
import { createBudgets } from "./budgets.ts";
import { createConfigHandlers } from "./config.ts";
import type { RunSettings } from "./config-settings.ts";
import { createCredentials } from "./credentials.ts";
import { createCustomers } from "./customers.ts";
import { createFresh, withFreshBooks } from "./fresh.ts";
import { createInvitations } from "./invitations.ts";
import { createKeys } from "./keys.ts";
import type { ModelParts } from "./model-parts.ts";
import { createModelHandlers } from "./models.ts";
import { createOrganizations } from "./organizations.ts";
import type { ManagementParts } from "./parts.ts";
import { createProjects } from "./projects.ts";
import { createSpend } from "./spend.ts";
import { createSpendReports } from "./spend-reports.ts";
import { createTags } from "./tags.ts";
import { createTeams } from "./teams.ts";
import { createUsers } from "./users.ts";

export interface HandlersOptions {
  readonly config: Config;
  readonly house: BuiltHouse;
  readonly keeping: {
    readonly database: Database;
    readonly ledger: Ledger;
    readonly principals: Principals;
    readonly teamModels: () => TeamModels;
  };
  readonly models: Models;
  readonly settings: RunSettings;
  readonly secrets: () => Promise<Encryption>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly newKey: () => string;
}

export function createHandlers(options: HandlersOptions): Handlers {
  const parts = partsOf(options);
  const around = modelPartsOf(options);
  const reports = createSpendReports(parts);
  const handlers = {
    keys: { ...createKeys(parts), ...reports.keys },
    users: { ...createUsers(parts), ...reports.users },
    teams: { ...createTeams(parts), ...reports.teams },
    organizations: { ...createOrganizations(parts), ...reports.organizations },
    projects: createProjects(parts),
    invitations: createInvitations(parts),
    customers: createCustomers(parts),
    budgets: createBudgets(parts),
    tags: createTags(parts),
    accessGroups: createAccessGroups(parts, around),
    credentials: createCredentials(parts, around),
    models: createModelHandlers(parts, around),
    config: createConfigHandlers(parts, { ...options, router: options.config.router }),
    spend: createSpend(parts, { house: options.house, maxBudget: options.config.limits.globalMaxBudget }),
    activity: createActivity(parts),
    audit: createAuditList(parts),
  };
  return withFreshBooks(handlers, createFresh(options.keeping.ledger, options.clock));
}

function modelPartsOf({ config, house, keeping, models, secrets }: HandlersOptions): ModelParts {
  const { teamModels } = keeping;
  return { models, house, secrets, teamModels, env: config.environment, storeInDatabase: config.store.storeModelsInDatabase };
}

function partsOf({ config, house, keeping, models, settings, clock, newId, newKey }: HandlersOptions): ManagementParts {
  const { database, principals } = keeping;
  return {
    database,
    clock,
    newId,
    newKey,
    timezone: config.limits.timezone,
    get settings() {
      return settings.management;
    },
    async changed(channel, what) {
      if (channel === "models") await models.reload();
      if (channel === "keys" || channel === "people") principals.forget(what);
      await database.notify(channel, what);
    },
    isKnownModel: (name) => house.router.routes.find(name) !== undefined,
  };
}
