/** Calls, tokens and spend by day: /…/daily/activity and /global/activity */

import * as z from "zod";
import { type Right, rowsOf } from "./endpoint.ts";
import { optional, ranged } from "./shapes.ts";
import { whole as counted, date, flag, name, names, page, size } from "./values.ts";

const { get } = rowsOf("budget & spend tracking");

const metrics = z.looseObject({
  spend: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  cache_read_input_tokens: z.number(),
  cache_creation_input_tokens: z.number(),
  total_tokens: z.number(),
  successful_requests: z.number(),
  failed_requests: z.number(),
  api_requests: z.number(),
});
const slice = z.looseObject({
  metrics,
  metadata: z.record(z.string(), z.unknown()),
  api_key_breakdown: z.record(z.string(), z.looseObject({ metrics })).optional(),
});
const slices = z.record(z.string(), slice);
const breakdown = z.looseObject({
  models: slices,
  model_groups: slices,
  providers: slices,
  endpoints: slices,
  api_keys: slices,
  entities: slices,
  mcp_servers: slices,
});
const totals = z.looseObject({
  total_spend: z.number(),
  total_prompt_tokens: z.number(),
  total_completion_tokens: z.number(),
  total_tokens: z.number(),
  total_api_requests: z.number(),
  total_successful_requests: z.number(),
  total_failed_requests: z.number(),
  total_cache_read_input_tokens: z.number(),
  total_cache_creation_input_tokens: z.number(),
  page: z.number(),
  total_pages: z.number(),
  has_more: z.boolean(),
});
const days = z.looseObject({ results: z.array(z.looseObject({ date: z.string(), metrics, breakdown })), metadata: totals });

/** Both days count. */
const between = { start_date: date, end_date: date };
const narrowed = { ...between, ...optional({ model: name, api_key: name }) };
const paged = { ...narrowed, page, page_size: size(50, 1000) };
const saidZone = "must be the minutes from UTC to local time, -900 to 900";
const timezone = z.int(saidZone).min(-900, saidZone).max(900, saidZone).optional();
const whole = { ...narrowed, timezone, api_key_limit: counted.optional() };

function daily<const Shape extends z.ZodRawShape>(of: string, needs: Right, shape: Shape) {
  const input = ranged({ ...paged, ...shape });
  return get(`/${of}/daily/activity`, needs, `Calls, tokens and spend by day of each ${of}, by page.`, { input, reply: days });
}

function aggregated<const Shape extends z.ZodRawShape>(of: string, needs: Right, shape: Shape) {
  const input = ranged({ ...whole, ...shape });
  return get(`/${of}/daily/activity/aggregated`, needs, `Calls, tokens and spend by day of each ${of}, all in one page.`, {
    input,
    reply: days,
  });
}

const ofUsers = optional({ user_id: name, include_current_utc_day: flag });
const ofTeams = optional({ team_ids: names, exclude_team_ids: names });
const ofOrganizations = optional({ organization_ids: names, exclude_organization_ids: names });
const ofCustomers = optional({ end_user_ids: names, exclude_end_user_ids: names });
const ofTags = optional({ tags: names });

const sums = { sum_api_requests: z.number(), sum_total_tokens: z.number() };
const byDay = z.array(z.looseObject({ date: z.string(), api_requests: z.number(), total_tokens: z.number() }));
const maybeBetween = ranged(optional(between));

export const activity = {
  users: daily("user", "self", { ...ofUsers, timezone }),
  usersInOne: aggregated("user", "self", ofUsers),
  teams: daily("team", "self", ofTeams),
  teamsInOne: aggregated("team", "self", ofTeams),
  tags: daily("tag", "spend:read", ofTags),
  tagsInOne: aggregated("tag", "spend:read", ofTags),
  organizations: daily("organization", "self", ofOrganizations),
  organizationsInOne: aggregated("organization", "self", ofOrganizations),
  customers: { ...daily("customer", "spend:read", ofCustomers), aliases: ["/end_user/daily/activity"] },
  customersInOne: aggregated("customer", "spend:read", ofCustomers),
  gateway: get("/gateway/daily/activity", "spend:read", "Calls of the whole gateway by day.", {
    input: maybeBetween,
    reply: z.looseObject({}),
  }),
  total: get("/global/activity", "spend:read", "Calls and tokens by day.", {
    input: maybeBetween,
    reply: z.looseObject({ daily_data: byDay, ...sums }),
  }),
  byModel: get("/global/activity/model", "spend:read", "Calls and tokens by day and model.", {
    input: maybeBetween,
    reply: z.array(z.looseObject({ model: z.string(), daily_data: byDay, ...sums })),
  }),
  cacheHits: get("/global/activity/cache_hits", "spend:read", "Calls that the cache answered.", {
    input: maybeBetween,
    reply: z.array(z.looseObject({})),
  }),
  exceptions: get("/global/activity/exceptions", "spend:read", "Failed calls by day.", {
    input: ranged(optional({ ...between, model_group: name })),
    reply: z.looseObject({}),
  }),
  allCustomers: get("/global/all_end_users", "spend:read", "The ids of all customers that calls had.", {
    input: z.strictObject({}),
    reply: z.looseObject({ end_users: z.array(z.string()) }),
  }),
} as const;
