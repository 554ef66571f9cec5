/** LiteLLM's teams, and their members, who are a list inside the team there. */

import { type Copied, type Copy, type Scene, settingsOf, stampsOf } from "./copy.ts";
import { spentOf } from "./copy-limits.ts";
import { type Fields, mapOf, structureOf, textOf, textsOf } from "./fields.ts";

const names = [
  ...["metadata", "models", "max_budget", "soft_budget", "budget_duration", "budget_limits", "max_parallel_requests"],
  ...["tpm_limit", "rpm_limit", "model_max_budget", "router_settings", "team_member_permissions", "access_group_ids", "policies"],
  ...["default_team_member_models", "allow_team_guardrail_config"],
];

const teams: Copy = {
  thing: "teams",
  from: "LiteLLM_TeamTable",
  to: "teams",
  id: ["team_id"],
  rows(there, scene) {
    const id = String(there["team_id"]);
    const aliases = scene.aliases.get(String(there["model_id"]));
    const row = {
      team_id: id,
      team_alias: textOf(there["team_alias"]) ?? null,
      organization_id: textOf(there["organization_id"]) ?? null,
      blocked: there["blocked"] === true,
      settings: {
        ...settingsOf(there, names, scene, "teams", id),
        ...(aliases && Object.keys(aliases).length > 0 && { model_aliases: aliases }),
        ...memberLimitsOf(there, scene, id),
      },
      ...stampsOf(there, scene),
    };
    return [{ row, spent: spentOf("team", id, there, scene) }];
  },
};

/** What each member may spend is a budget there that the team's metadata names. */
function memberLimitsOf(there: Fields, scene: Scene, id: string): Fields {
  const shared = scene.budgets.get(String(usualBudgetOf(there)));
  if (!shared) return {};
  const limits = settingsOf(shared, ["max_budget", "budget_duration", "rpm_limit", "tpm_limit"], scene, "teams", id);
  return Object.fromEntries(
    Object.entries(limits).map(([name, value]) => [`team_member_${name === "max_budget" ? "budget" : name}`, value]),
  );
}

function usualBudgetOf(team: Fields): string | undefined {
  return textOf(mapOf(team["metadata"])?.["team_member_budget_id"]);
}

const members: Copy = {
  thing: "members of teams",
  from: "LiteLLM_TeamTable",
  to: "team_members",
  id: ["team_id", "user_id"],
  rows(there, scene) {
    const found = new Map<string, Copied>();
    for (const { id, role } of membersOf(there, scene)) if (!found.has(id)) found.set(id, member(there, id, role, scene));
    return [...found.values()];
  },
};

interface Member {
  readonly id: string;
  readonly role: string;
}

/** Admins first: somebody who stands there twice is what gives more rights. */
function membersOf(team: Fields, scene: Scene): readonly Member[] {
  const listed = structureOf(team["members_with_roles"]);
  const withRoles = (Array.isArray(listed) ? listed : []).flatMap((each): Member[] => {
    const { user_id: given, user_email: mail, role } = mapOf(each) ?? {};
    const address = textOf(mail) ?? "somebody without a name";
    const id = textOf(given) ?? scene.userByMail.get(address.toLowerCase());
    if (id === undefined) scene.leftOut("members of teams", `${String(team["team_id"])}/${address}`, "there is no such user");
    return id === undefined ? [] : [{ id, role: role === "admin" ? "admin" : "user" }];
  });
  // The lists of old versions.
  const admins = textsOf(team["admins"]).map((id) => ({ id, role: "admin" }));
  const others = textsOf(team["members"]).map((id) => ({ id, role: "user" }));
  return [...withRoles, ...admins, ...others].sort((a, b) => a.role.localeCompare(b.role));
}

function member(team: Fields, userId: string, role: string, scene: Scene): Copied {
  const teamId = String(team["team_id"]);
  const id = `${teamId}/${userId}`;
  const membership = scene.memberships.get(id) ?? {};
  const budgetId = textOf(membership["budget_id"]);
  const own = budgetId === undefined || budgetId === usualBudgetOf(team) ? undefined : scene.budgets.get(budgetId);
  const { max_budget: most, ...limits } = own
    ? settingsOf(own, ["max_budget", "budget_duration", "rpm_limit", "tpm_limit", "allowed_models"], scene, "members of teams", id)
    : {};
  const row = {
    team_id: teamId,
    user_id: userId,
    role,
    settings: { ...limits, ...(most !== undefined && { max_budget_in_team: most }) },
    created_at: stampsOf(membership, scene).created_at,
  };
  return { row, spent: spentOf("member", id, membership, scene) };
}

export const teamCopies: readonly Copy[] = [teams, members];
