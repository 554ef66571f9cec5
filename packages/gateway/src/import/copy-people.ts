/** LiteLLM's organisations, users and projects. */

import { type Copy, type Scene, settingsOf, stampsOf } from "./copy.ts";
import { spentOf } from "./copy-limits.ts";
import { type Fields, textOf } from "./fields.ts";

const roles: ReadonlySet<string> = new Set(["proxy_admin", "proxy_admin_viewer", "internal_user", "internal_user_viewer"]);

const organizations: Copy = {
  thing: "organizations",
  from: "LiteLLM_OrganizationTable",
  to: "organizations",
  id: ["organization_id"],
  rows(there, scene) {
    const id = String(there["organization_id"]);
    const row = {
      organization_id: id,
      organization_alias: textOf(there["organization_alias"]) ?? id,
      budget_id: textOf(there["budget_id"]) ?? null,
      settings: settingsOf(there, ["metadata", "models"], scene, "organizations", id),
      ...stampsOf(there, scene),
    };
    return [{ row, spent: spentOf("organization", id, there, scene) }];
  },
};

const users: Copy = {
  thing: "users",
  from: "LiteLLM_UserTable",
  to: "users",
  id: ["user_id"],
  rows(there, scene) {
    const id = String(there["user_id"]);
    const role = textOf(there["user_role"]);
    if (role !== undefined && !roles.has(role)) scene.note("users", id, `the role '${role}' became internal_user`);
    if (textOf(there["password"]) !== undefined)
      scene.note("users", id, "the password cannot be taken over: it must be set anew (an invitation, or /user/update)");
    const names = [
      ...["models", "metadata", "max_budget", "budget_duration", "max_parallel_requests", "tpm_limit", "rpm_limit"],
      ...["allowed_cache_controls", "policies", "model_max_budget"],
    ];
    const row = {
      user_id: id,
      ...identityOf(there, id, scene),
      user_alias: textOf(there["user_alias"]) ?? null,
      user_role: role !== undefined && roles.has(role) ? role : "internal_user",
      settings: settingsOf(there, names, scene, "users", id),
      ...stampsOf(there, scene),
    };
    return [{ row, spent: spentOf("user", id, there, scene) }];
  },
};

/** Two users there may have one mail address; here the first keeps it. */
function identityOf(there: Fields, id: string, { taken, note }: Scene) {
  const mail = textOf(there["user_email"]);
  const signIn = textOf(there["sso_user_id"]);
  const free = (owners: Map<string, string>, name: string): boolean => {
    const owner = owners.get(name) ?? id;
    owners.set(name, owner);
    return owner === id;
  };
  const mailIsFree = mail === undefined || free(taken.mails, mail.toLowerCase());
  const signInIsFree = signIn === undefined || free(taken.signIns, signIn);
  if (!mailIsFree) note("users", id, `the mail address ${mail} is another user's already, so this one has none`);
  if (!signInIsFree) note("users", id, `the sign-in id ${signIn} is another user's already, so this one has none`);
  return { user_email: (mailIsFree ? mail : undefined) ?? null, sso_user_id: (signInIsFree ? signIn : undefined) ?? null };
}

const organizationMembers: Copy = {
  thing: "members of organizations",
  from: "LiteLLM_OrganizationMembership",
  to: "organization_members",
  id: ["organization_id", "user_id"],
  rows(there, scene) {
    const most = scene.budgets.get(String(there["budget_id"]))?.["max_budget"];
    const row = {
      organization_id: String(there["organization_id"]),
      user_id: String(there["user_id"]),
      user_role: textOf(there["user_role"]) ?? "internal_user",
      budget_id: textOf(there["budget_id"]) ?? null,
      settings: typeof most === "number" ? { max_budget_in_organization: most } : {},
      created_at: stampsOf(there, scene).created_at,
    };
    return [{ row }];
  },
};

const projects: Copy = {
  thing: "projects",
  from: "LiteLLM_ProjectTable",
  to: "projects",
  id: ["project_id"],
  rows(there, scene) {
    const id = String(there["project_id"]);
    const row = {
      project_id: id,
      project_alias: textOf(there["project_alias"]) ?? null,
      team_id: textOf(there["team_id"]) ?? null,
      blocked: there["blocked"] === true,
      budget_id: textOf(there["budget_id"]) ?? null,
      settings: settingsOf(there, ["description", "metadata", "models", "model_rpm_limit", "model_tpm_limit"], scene, "projects", id),
      ...stampsOf(there, scene),
    };
    return [{ row, spent: spentOf("project", id, there, scene) }];
  },
};

export const peopleCopies: readonly Copy[] = [organizations, users, organizationMembers, projects];
