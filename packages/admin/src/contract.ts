/** The admin API: all its rows by area. */

import { accessGroups } from "./access-groups.ts";
import { activity } from "./activity.ts";
import { audit } from "./audit.ts";
import { budgets } from "./budgets.ts";
import { config } from "./config.ts";
import { credentials } from "./credentials.ts";
import { customers } from "./customers.ts";
import { invitations } from "./invitations.ts";
import { keys } from "./keys.ts";
import { models } from "./models.ts";
import { organizations } from "./organizations.ts";
import { projects } from "./projects.ts";
import { spend } from "./spend.ts";
import { tags } from "./tags.ts";
import { teams } from "./teams.ts";
import { users } from "./users.ts";

/** Written out, so that the compiler keeps sixteen names instead of thousands of fields. */
export interface Contract {
  readonly keys: typeof keys;
  readonly users: typeof users;
  readonly teams: typeof teams;
  readonly organizations: typeof organizations;
  readonly projects: typeof projects;
  readonly customers: typeof customers;
  readonly budgets: typeof budgets;
  readonly tags: typeof tags;
  readonly accessGroups: typeof accessGroups;
  readonly credentials: typeof credentials;
  readonly models: typeof models;
  readonly spend: typeof spend;
  readonly activity: typeof activity;
  readonly config: typeof config;
  readonly invitations: typeof invitations;
  readonly audit: typeof audit;
}

export const contract: Contract = {
  keys,
  users,
  teams,
  organizations,
  projects,
  customers,
  budgets,
  tags,
  accessGroups,
  credentials,
  models,
  spend,
  activity,
  config,
  invitations,
  audit,
};
