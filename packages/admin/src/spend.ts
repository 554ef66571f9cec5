/** What was spent: logs of calls, and sums: /spend/…, /global/spend/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { anything, pages, said } from "./replies.ts";
import { optional, ranged } from "./shapes.ts";
import { amount, date, flag, free, list, moment, name, nameOrEmpty, names, oneOf, order, page, size, whole } from "./values.ts";

const { get, post } = rowsOf("budget & spend tracking");

const between = { start_date: date, end_date: date };
const moments = { start_date: moment, end_date: moment };
const limit = whole.max(1000, "must be a whole number from 0 to 1000").default(10);

const call = z.looseObject({
  request_id: z.string(),
  api_key: z.string(),
  call_type: z.string(),
  model: z.string(),
  spend: z.number(),
  total_tokens: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  startTime: z.string(),
  endTime: z.string(),
  user: z.string().nullish(),
  team_id: z.string().nullish(),
  end_user: z.string().nullish(),
  status: z.string().nullish(),
  cache_hit: z.string().nullish(),
  request_tags: z.unknown(),
  metadata: z.unknown(),
});

const filters = optional({
  api_key: name,
  user_id: name,
  request_id: name,
  session_id: name,
  team_id: name,
  min_spend: amount,
  max_spend: amount,
  ...moments,
  status_filter: nameOrEmpty,
  cache_hit_filter: nameOrEmpty,
  used_client_oauth_token: flag,
  span_type: nameOrEmpty,
  model: name,
  model_id: name,
  model_group: name,
  key_alias: nameOrEmpty,
  end_user: name,
  error_code: nameOrEmpty,
  error_message: nameOrEmpty,
  exclude_internal_health_checks: flag,
  group_by_session: flag,
  session_cursor: name,
  search: nameOrEmpty,
  sort_by: oneOf(["startTime", "endTime", "spend", "total_tokens", "prompt_tokens", "completion_tokens", "request_duration_ms", "model"]),
  sort_order: order,
});

const calculated = z
  .strictObject(optional({ model: name, messages: list(z.unknown()), completion_response: free }))
  .refine((input) => input.completion_response !== undefined || (input.model !== undefined && input.messages !== undefined), {
    path: ["completion_response"],
    error: "must be given, or model and messages",
    params: { status: 400 },
  });

export const spend = {
  logs: get("/spend/logs", "spend:read", "Calls, or sums by day when dates are given and summarize is not false.", {
    input: ranged({ ...optional({ api_key: name, user_id: name, request_id: name, ...moments }), summarize: flag.default(true) }),
    reply: z.array(z.union([call, anything])),
  }),
  logsV2: get("/spend/logs/v2", "spend:read", "Calls by page, with filters.", {
    aliases: ["/spend/logs/ui"],
    input: ranged({ page, page_size: size(50), ...filters }),
    reply: z.looseObject({ data: z.array(call), ...pages }),
  }),
  log: get("/spend/logs/ui/{request_id}", "spend:read", "One call with its prompt and answer, where these are kept.", {
    input: z.strictObject({ request_id: name, start_date: moment.optional() }),
    reply: anything,
  }),
  keys: get("/spend/keys", "spend:read", "Keys by what they spent.", { input: z.strictObject({}), reply: z.array(anything) }),
  users: get("/spend/users", "spend:read", "Users by what they spent.", {
    input: z.strictObject({ user_id: name.optional() }),
    reply: z.array(anything),
  }),
  tags: get("/spend/tags", "spend:read", "Tags by what was spent under them.", {
    input: ranged(optional(between)),
    reply: z.array(z.looseObject({ individual_request_tag: z.string(), log_count: z.number(), total_spend: z.number() })),
  }),
  calculate: post("/spend/calculate", "self", "What a call would cost, or what one with this answer did cost.", {
    input: calculated,
    reply: z.looseObject({ cost: z.number() }),
  }),
  total: get("/global/spend", "spend:read", "What was spent in all, and the limit of it.", {
    input: z.strictObject({}),
    reply: z.looseObject({ spend: z.number(), max_budget: z.number().nullable() }),
  }),
  report: get("/global/spend/report", "spend:read", "Spend by day and team, customer, key or user.", {
    input: ranged(
      optional({
        ...between,
        group_by: oneOf(["team", "customer", "api_key"]),
        api_key: name,
        internal_user_id: name,
        team_id: name,
        customer_id: name,
      }),
    ),
    reply: z.array(anything),
  }),
  byKey: get("/global/spend/keys", "spend:read", "The keys that spent most.", {
    input: z.strictObject({ limit }),
    reply: z.array(
      z.looseObject({ api_key: z.string(), key_alias: z.string().nullish(), key_name: z.string().nullish(), total_spend: z.number() }),
    ),
  }),
  byModel: get("/global/spend/models", "spend:read", "The models that most was spent on.", {
    input: z.strictObject({ limit }),
    reply: z.array(z.looseObject({ model: z.string(), total_spend: z.number() })),
  }),
  byTeam: get("/global/spend/teams", "spend:read", "Spend by day and team.", {
    input: ranged(optional(between)),
    reply: z.looseObject({
      daily_spend: z.array(anything),
      teams: z.array(z.string()),
      total_spend_per_team: z.array(z.looseObject({ team_id: z.string().nullable(), total_spend: z.number() })),
    }),
  }),
  byProvider: get("/global/spend/provider", "spend:read", "Spend by provider.", {
    input: ranged(optional(between)),
    reply: z.array(z.looseObject({ provider: z.string(), spend: z.number() })),
  }),
  byDay: get("/global/spend/logs", "spend:read", "Spend by day.", {
    input: z.strictObject({ api_key: name.optional() }),
    reply: z.array(z.looseObject({ date: z.string(), spend: z.number() })),
  }),
  byTag: get("/global/spend/tags", "spend:read", "Spend by tag.", {
    input: ranged(optional({ ...between, tags: names })),
    reply: z.looseObject({ spend_per_tag: z.array(z.looseObject({ name: z.string(), spend: z.number(), log_count: z.number() })) }),
  }),
  byCustomer: post("/global/spend/end_users", "spend:read", "The customers that spent most.", {
    input: z.strictObject(optional({ api_key: name, startTime: moment, endTime: moment })),
    reply: z.array(anything),
  }),
  tagNames: get("/global/spend/all_tag_names", "spend:read", "The names of all tags that calls had.", {
    input: z.strictObject({}),
    reply: z.looseObject({ tag_names: z.array(z.string()) }),
  }),
  reset: post("/global/spend/reset", "spend:write", "Sets the spend of all keys and teams to 0; the logs stay.", {
    input: z.strictObject({}),
    reply: said,
  }),
} as const;
