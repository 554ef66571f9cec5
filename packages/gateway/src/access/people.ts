/** Reads keys and everybody above them from the store. */

import type { Database } from "../store/database.ts";
import type { EntityRow, KeyRows, SettingsRow } from "./rows.ts";

export interface People {
  /** By SHA-256 of the key; an old key whose grace is not over counts as its successor. Undefined: no such key. */
  key(hash: string): Promise<KeyRows | undefined>;
  /** A person without a key: JWT, session. */
  user(userId: string, teamId?: string): Promise<Omit<KeyRows, "key"> | undefined>;
  customer(id: string, defaultBudgetId: string | undefined): Promise<EntityRow | undefined>;
  /** Only tags that have limits of their own. */
  tags(): Promise<ReadonlyMap<string, EntityRow>>;
  accessGroups(): Promise<ReadonlyMap<string, readonly string[]>>;
}

export function createPeople({ sql }: Pick<Database, "sql">): People {
  const row = <T extends { budget_id?: string | null; settings: SettingsRow }>(
    found: T | undefined,
    id: (found: T) => string,
    name: (found: T) => string | null,
  ): Found | undefined =>
    found && {
      id: id(found),
      name: name(found) || id(found),
      blocked: (found as { blocked?: boolean }).blocked === true,
      settings: found.settings,
      budgetId: found.budget_id ?? undefined,
    };

  async function above(ids: AboveIds) {
    const [user, team, member, organization, project, memberships, organizations] = await Promise.all([
      ids.userId ? sql.selectFrom("users").selectAll().where("user_id", "=", ids.userId).executeTakeFirst() : undefined,
      ids.teamId ? sql.selectFrom("teams").selectAll().where("team_id", "=", ids.teamId).executeTakeFirst() : undefined,
      ids.userId && ids.teamId
        ? sql.selectFrom("team_members").selectAll().where("team_id", "=", ids.teamId).where("user_id", "=", ids.userId).executeTakeFirst()
        : undefined,
      ids.organizationId
        ? sql.selectFrom("organizations").selectAll().where("organization_id", "=", ids.organizationId).executeTakeFirst()
        : undefined,
      ids.projectId ? sql.selectFrom("projects").selectAll().where("project_id", "=", ids.projectId).executeTakeFirst() : undefined,
      ids.userId ? sql.selectFrom("team_members").select(["team_id", "role"]).where("user_id", "=", ids.userId).execute() : [],
      ids.userId
        ? sql
            .selectFrom("organization_members")
            .select(["organization_id", "user_role", "settings"])
            .where("user_id", "=", ids.userId)
            .execute()
        : [],
    ]);
    return { user, team, member, organization, project, memberships, organizations };
  }

  async function withAbove(ids: AboveIds, key: Found | undefined): Promise<Omit<KeyRows, "key"> & { readonly key?: EntityRow }> {
    const first = await above(ids);
    // A team's organisation stands above the key as well.
    const organizationId = ids.organizationId ?? (ids.teamId ? first.team?.organization_id : onlyOne(first.organizations)) ?? undefined;
    const organization =
      first.organization ??
      (organizationId
        ? await sql.selectFrom("organizations").selectAll().where("organization_id", "=", organizationId).executeTakeFirst()
        : undefined);
    const found = {
      key,
      user: row(
        first.user,
        (each) => each.user_id,
        (each) => each.user_email ?? each.user_alias,
      ),
      team: row(
        first.team,
        (each) => each.team_id,
        (each) => each.team_alias,
      ),
      member: row(
        first.member,
        (each) => `${each.team_id}/${each.user_id}`,
        () => null,
      ),
      organization: row(
        organization,
        (each) => each.organization_id,
        (each) => each.organization_alias,
      ),
      project: row(
        first.project,
        (each) => each.project_id,
        (each) => each.project_alias,
      ),
    };
    const budgets = await budgetsOf(Object.values(found).map((each) => each?.budgetId));
    const whole = (each: Found | undefined): EntityRow | undefined => each && overBudget(each, budgets);
    const user = whole(found.user);
    const member = whole(withTeamDefaults(found.member, found.team));
    return {
      key: whole(found.key),
      user: user && first.user && { ...user, role: first.user.user_role, email: first.user.user_email ?? undefined },
      team: whole(found.team),
      member: member && first.member && { ...member, role: first.member.role },
      organization: whole(found.organization),
      project: whole(found.project),
      memberships: first.memberships.map((each) => ({ teamId: each.team_id, role: each.role })),
      organizations: first.organizations.map((each) => ({ organizationId: each.organization_id, role: each.user_role })),
    };
  }

  async function budgetsOf(ids: readonly (string | undefined)[]): Promise<ReadonlyMap<string, SettingsRow>> {
    const wanted = ids.filter((id) => id !== undefined);
    if (wanted.length === 0) return new Map();
    const found = await sql.selectFrom("budgets").select(["budget_id", "settings"]).where("budget_id", "in", wanted).execute();
    return new Map(found.map((each) => [each.budget_id, each.settings]));
  }

  return {
    async key(hash) {
      const own = await keyRow(hash);
      const rotated = own ? undefined : await successor(hash);
      const found = own ?? rotated?.row;
      if (!found) return undefined;
      const ends = [found.expires, rotated?.until].flatMap((each) => (each ? [each.getTime()] : []));
      const { key, ...rest } = await withAbove(
        {
          userId: found.user_id ?? undefined,
          teamId: found.team_id ?? undefined,
          organizationId: found.organization_id ?? undefined,
          projectId: found.project_id ?? undefined,
        },
        row(
          found,
          (each) => each.token,
          (each) => each.key_alias ?? each.key_name,
        ),
      );
      if (!key) return undefined;
      return {
        ...rest,
        key: { ...key, hash: found.token, alias: found.key_alias ?? undefined, expires: ends.length > 0 ? Math.min(...ends) : undefined },
      };
    },
    async user(userId, teamId) {
      const { key: _none, ...rest } = await withAbove({ userId, teamId }, undefined);
      return rest.user || rest.team ? rest : undefined;
    },
    async customer(id, defaultBudgetId) {
      const found = await sql.selectFrom("customers").selectAll().where("user_id", "=", id).executeTakeFirst();
      const base: Found = row(
        found,
        (each) => each.user_id,
        (each) => each.alias,
      ) ?? { id, name: id, blocked: false, settings: {} };
      const budgetId = base.budgetId ?? (hasOwnBudget(base) ? undefined : defaultBudgetId);
      if (!found && budgetId === undefined) return undefined;
      return overBudget({ ...base, budgetId }, await budgetsOf([budgetId]));
    },
    async tags() {
      const found = await sql.selectFrom("tags").selectAll().execute();
      const budgets = await budgetsOf(found.map((each) => each.budget_id ?? undefined));
      return new Map(
        found.map((each) => [
          each.tag_name,
          overBudget(
            { id: each.tag_name, name: each.tag_name, blocked: false, settings: each.settings, budgetId: each.budget_id ?? undefined },
            budgets,
          ),
        ]),
      );
    },
    async accessGroups() {
      const found = await sql.selectFrom("access_groups").selectAll().execute();
      const models = (settings: SettingsRow): readonly string[] => {
        const names = settings["access_model_names"];
        return Array.isArray(names) ? (names as string[]) : [];
      };
      return new Map(
        found.flatMap((each) => [
          [each.access_group_id, models(each.settings)] as const,
          [each.access_group_name, models(each.settings)] as const,
        ]),
      );
    },
  };

  function keyRow(token: string) {
    return sql.selectFrom("keys").selectAll().where("token", "=", token).executeTakeFirst();
  }

  async function successor(token: string) {
    const rotated = await sql
      .selectFrom("rotated_keys")
      .select(["active_token", "revoke_at"])
      .where("token", "=", token)
      .executeTakeFirst();
    if (!rotated || rotated.revoke_at.getTime() <= (await now())) return undefined;
    return { row: await keyRow(rotated.active_token), until: rotated.revoke_at };
  }

  /** The database's clock: instances may disagree. */
  async function now(): Promise<number> {
    const { at } = await sql.selectNoFrom((each) => each.fn<Date>("now").as("at")).executeTakeFirstOrThrow();
    return at.getTime();
  }
}

/**
 * What somebody does without a team is for their organisation, or a personal key would escape its limits. Guests are nobody's: any
 * organisation may add them. Who is in several names one when a key is made.
 */
function onlyOne(memberships: readonly { readonly organization_id: string; readonly settings: SettingsRow }[]): string | undefined {
  const [first, ...others] = memberships.filter(({ settings }) => settings["guest"] !== true);
  return others.length === 0 ? first?.organization_id : undefined;
}

interface Found extends EntityRow {
  readonly budgetId?: string;
}

interface AboveIds {
  readonly userId?: string;
  readonly teamId?: string;
  readonly organizationId?: string;
  readonly projectId?: string;
}

/** A shared budget fills what the entity itself leaves open. */
function overBudget({ budgetId, ...entity }: Found, budgets: ReadonlyMap<string, SettingsRow>): EntityRow {
  const shared = budgetId === undefined ? undefined : budgets.get(budgetId);
  if (!shared) return entity;
  const own = Object.fromEntries(Object.entries(entity.settings).filter(([, value]) => value !== null && value !== undefined));
  return { ...entity, settings: { ...shared, ...own } };
}

/** What a team says of each of its members, where the membership itself says nothing. */
function withTeamDefaults(member: Found | undefined, team: Found | undefined): Found | undefined {
  if (!member || !team) return member;
  const of = (name: string): unknown => team.settings[name];
  const own = Object.fromEntries(Object.entries(member.settings).filter(([, value]) => value !== null && value !== undefined));
  return {
    ...member,
    settings: {
      max_budget: of("team_member_budget"),
      budget_duration: of("team_member_budget_duration"),
      rpm_limit: of("team_member_rpm_limit"),
      tpm_limit: of("team_member_tpm_limit"),
      allowed_models: of("default_team_member_models"),
      ...own,
      ...(own["max_budget_in_team"] !== undefined && { max_budget: own["max_budget_in_team"] }),
    },
  };
}

function hasOwnBudget({ settings }: EntityRow): boolean {
  return settings["max_budget"] !== undefined && settings["max_budget"] !== null;
}
