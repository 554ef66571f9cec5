/** The one door of @tollgate/admin. */

export { type AdminCall, type AdminClient, type AdminClientOptions, AdminError, createAdminClient } from "./client.ts";
export { type Contract, contract } from "./contract.ts";
export type { AskOf, Endpoint, InputOf, Method, ReplyOf, Right, Things } from "./endpoint.ts";
export { InputProblem } from "./input-problem.ts";
export { adminPaths } from "./openapi.ts";
export { readInput, storedOnlyOf, type Wire } from "./read-input.ts";
export { type MemberPermission, memberPermissions } from "./team-permissions.ts";
