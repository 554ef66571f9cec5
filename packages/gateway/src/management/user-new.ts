/** New users: checked, made with their teams, organizations and first key, one or several. */

import type { contract, InputOf } from "@tollgate/admin";
import { GatewayError } from "tollgate/parts";
import { notFound, scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { announce } from "./announce.ts";
import { withDefaults } from "./key-draft.ts";
import { insertKey } from "./key-insert.ts";
import { textOf } from "./key-row.ts";
import { listOf } from "./limited-row.ts";
import type { ManagementParts } from "./parts.ts";
import { hashPassword } from "./password.ts";
import type { SpentContext } from "./spent.ts";
import { refuseFields } from "./user-access.ts";
import { fieldsOfKeys, withUserDefaults } from "./user-fields.ts";
import { insertPlaces, insertUser, type TeamPlace } from "./user-insert.ts";
import { shownUsers } from "./user-row.ts";

type Fields = Readonly<Record<string, unknown>>;
type New = InputOf<(typeof contract.users)["new"]>;

interface Places {
  readonly teams: readonly TeamPlace[];
  readonly organizations: readonly string[];
}

export function createUserNew(parts: ManagementParts, context: () => SpentContext): Pick<AreaHandlers<"users">, "new" | "bulkNew"> {
  const { database, newId, newKey, settings } = parts;

  async function make(input: New, caller: Caller) {
    const given = withUserDefaults(input, settings);
    const places = await placesOf(given, input, parts);
    await refuseBeyondOrganizations(given, places, caller, parts);
    const keyGiven = input.auto_create_key ? withDefaults(keyFieldsOf(input, places), settings) : undefined;
    const password = input.password === undefined ? undefined : await hashPassword(input.password);
    const id = input.user_id ?? newId();
    const secret = newKey();
    const key = await database.sql.transaction().execute(async (sql) => {
      const inside = { ...context(), sql };
      await insertUser({ id, given, password }, caller, inside);
      await insertPlaces(id, places, inside);
      return keyGiven && insertKey(keyGiven, { secret, owner: { userId: id } }, caller, inside);
    });
    await announce(parts, { people: [`user:${id}`], keys: key ? [key.token] : [] });
    const rows = await database.sql.selectFrom("users").selectAll().where("user_id", "=", id).execute();
    const [user] = await shownUsers(rows, context());
    if (!user) throw notFound("user", id);
    return {
      ...user,
      ...(key ? { key: secret, ...key, key_alias: input.key_alias ?? null } : { key: null }),
      warnings: key ? [] : unusedFieldsOf(input),
    };
  }

  return {
    new: make,
    async bulkNew({ users }, caller) {
      const data = [];
      for (const each of users) {
        const named = { user_id: each.user_id ?? null, user_email: each.user_email ?? null };
        try {
          const { user_id, user_email, teams, key } = await make(each, caller);
          data.push({ user_id, user_email, success: true, teams, key });
        } catch (thrown) {
          data.push({ ...named, success: false, error: toldOf(thrown) });
        }
      }
      const created = data.filter(({ success }) => success).length;
      return { data, meta: { total_requested: users.length, created, failed: users.length - created } };
    },
  };
}

/** What one of several items failed with; what is nobody's fault ends all of them. */
export function toldOf(thrown: unknown): string {
  const error = GatewayError.from(thrown);
  if (error.kind === "database_away" || error.kind === "internal") throw thrown;
  return error.message;
}

function keyFieldsOf(input: Fields, { organizations }: Places): Fields {
  const given = Object.fromEntries(Object.entries(input).filter(([name]) => fieldsOfKeys.has(name)));
  // So that what the organization may spend holds for the key as well.
  return { ...given, ...(organizations.length > 0 && { organization_id: organizations[0] }) };
}

export function unusedFieldsOf(input: Fields): string[] {
  return [...fieldsOfKeys]
    .filter((field) => (input[field] ?? undefined) !== undefined)
    .map((field) => `${field} belongs to keys, and no key was made or changed.`);
}

/** Those of the request must be there; of those that the configuration adds, the ones that are. */
async function placesOf(given: Fields, input: New, { database: { sql } }: ManagementParts): Promise<Places> {
  const wanted = Array.isArray(given["teams"]) ? (given["teams"] as (string | TeamPlace)[]) : [];
  const asked = new Map(
    wanted.map((each) => {
      const place: TeamPlace = typeof each === "string" ? { team_id: each, user_role: "user" } : { ...each };
      return [place.team_id, { ...place, user_role: place.user_role ?? "user" }];
    }),
  );
  const teams = await known([...asked.keys()], (ids) =>
    sql.selectFrom("teams").select("team_id as id").where("team_id", "in", ids).execute(),
  );
  const organizations = listOf(given["organizations"]);
  const knownOrganizations = await known(organizations, (ids) =>
    sql.selectFrom("organizations").select("organization_id as id").where("organization_id", "in", ids).execute(),
  );
  const missingTeam = input.teams && [...asked.keys()].find((id) => !teams.has(id));
  if (missingTeam !== undefined) throw notFound("team", missingTeam);
  const missing = organizations.find((id) => !knownOrganizations.has(id));
  if (missing !== undefined) throw notFound("organization", missing);
  const keyTeam = input.team_id;
  if (keyTeam && !(await sql.selectFrom("teams").select("team_id").where("team_id", "=", keyTeam).executeTakeFirst()))
    throw notFound("team", keyTeam);
  return { teams: [...asked.values()].filter(({ team_id }) => teams.has(team_id)), organizations: [...knownOrganizations] };
}

async function known(
  ids: readonly string[],
  find: (ids: readonly string[]) => Promise<readonly { readonly id: string }[]>,
): Promise<ReadonlySet<string>> {
  return new Set(ids.length === 0 ? [] : (await find(ids)).map(({ id }) => id));
}

/** Who administers organizations makes users in these, and nothing that reaches beyond them. */
async function refuseBeyondOrganizations(given: Fields, places: Places, { principal }: Caller, parts: ManagementParts): Promise<void> {
  const scope = scopeOf(principal);
  if (scope.writes) return;
  const { spend, ...rest } = given;
  refuseFields("organization", spend === 0 ? rest : given);
  if (scope.adminOrganizations.length === 0) throw onlyAdministrators();
  const stranger = places.organizations.find((id) => !scope.adminOrganizations.includes(id));
  if (stranger !== undefined) throw notFound("organization", stranger);
  if (places.organizations.length === 0)
    throw new GatewayError("forbidden", "Name an organization of yours in 'organizations': you may make users in these only.", {
      param: "organizations",
      type: "auth_error",
    });
  const keyTeam = textOf(given["team_id"]);
  const teams = [...places.teams.map(({ team_id }) => team_id), ...(keyTeam === undefined ? [] : [keyTeam])];
  if (teams.length === 0) return;
  const rows = await parts.database.sql.selectFrom("teams").select(["team_id", "organization_id"]).where("team_id", "in", teams).execute();
  for (const { team_id, organization_id } of rows)
    if (organization_id === null || !scope.adminOrganizations.includes(organization_id)) throw notFound("team", team_id);
}

function onlyAdministrators(): GatewayError {
  return new GatewayError("forbidden", "Only administrators of the gateway or of an organization may make users.", { type: "auth_error" });
}
