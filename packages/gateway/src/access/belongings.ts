/** Whom one call belongs to beside its principal: its customer and its tags, with their limits. */

import { type Call, type Clock, GatewayError } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import type { Belongings } from "./access.ts";
import { LateLru } from "./late-lru.ts";
import { fields, limitSetOf } from "./limit-set.ts";
import type { People } from "./people.ts";
import type { Principal, Subject } from "./principal.ts";
import type { EntityRow } from "./rows.ts";

export interface BelongingsOptions {
  readonly people: People;
  readonly database: Pick<Database, "listen" | "state">;
  readonly clock: Clock;
  /** `litellm_settings.max_end_user_budget_id`. */
  readonly customerBudgetId?: string;
  /** `litellm_settings.max_end_user_budget`: dollars. */
  readonly customerMaxBudget?: number;
  /** Headers that name the customer, in lower case; first wins. */
  readonly customerHeaders: readonly string[];
  /** `general_settings.reject_clientside_metadata_tags`. */
  readonly rejectClientTags: boolean;
}

const MOST = 50_000;
const FRESH_MS = 60_000;
const LONGEST = 500;
const MOST_TAGS = 50;

export type BelongingsOf = (who: Principal, call: Call) => Belongings | Promise<Belongings>;

export function createBelongings(options: BelongingsOptions): BelongingsOf {
  const customers = createCustomers(options);
  const tagLimits = createTagLimits(options);
  return (who, call) => {
    const customerId = customerOf(call, options.customerHeaders);
    const tags = tagsOf(who, call, options.rejectClientTags);
    if (customerId === undefined && tags.length === 0) return none;
    const customer = customerId === undefined ? undefined : customers(customerId, who.customerBudgetId, who.kind === "master");
    const limited = tags.length === 0 ? [] : tagLimits(tags, who.kind === "master");
    if (customer instanceof Promise || limited instanceof Promise)
      return Promise.all([customer, limited]).then(([first, rest]) => together(customerId, tags, first, rest));
    return together(customerId, tags, customer, limited);
  };
}

const noTags: readonly string[] = [];
const none: Belongings = { tags: noTags, subjects: [] };

function together(
  customerId: string | undefined,
  tags: readonly string[],
  customer: Subject | undefined,
  limited: readonly Subject[],
): Belongings {
  return { customerId, tags, subjects: customer ? [customer, ...limited] : limited };
}

/** In LiteLLM's order: headers, `user`, the metadata's user. */
function customerOf({ at, isPlain }: Call, headers: readonly string[]): string | undefined {
  for (const name of headers) {
    const value = at.headers[name];
    if (typeof value === "string" && value !== "") return value.slice(0, LONGEST);
  }
  if (isPlain) return undefined;
  const { body } = at;
  const own = body.has("user") ? body.get("user") : undefined;
  if (typeof own === "string" && own !== "") return own.slice(0, LONGEST);
  for (const name of ["litellm_metadata", "metadata"]) {
    if (!body.has(name)) continue;
    const metadata = fields(body.get(name));
    const value = metadata["user"] ?? metadata["user_id"];
    if (typeof value === "string" && value !== "") return value.slice(0, LONGEST);
  }
  const safety = body.has("safety_identifier") ? body.get("safety_identifier") : undefined;
  return typeof safety === "string" && safety !== "" ? safety.slice(0, LONGEST) : undefined;
}

function tagsOf(who: Principal, call: Call, reject: boolean): readonly string[] {
  const own = clientTags(call);
  if (own.length === 0) return who.tags;
  if (reject)
    throw new GatewayError("bad_request", "Tags of a request are not taken here (reject_clientside_metadata_tags). Put them on the key.", {
      param: "tags",
    });
  return [...new Set([...who.tags, ...own])].slice(0, MOST_TAGS);
}

function clientTags({ at: { headers, body }, isPlain }: Call): readonly string[] {
  const header = headers["x-litellm-tags"];
  if (header === undefined && isPlain) return noTags;
  const named = typeof header === "string" ? header.split(",").map((each) => each.trim()) : [];
  const top = body.has("tags") ? body.get("tags") : undefined;
  const inside = ["metadata", "litellm_metadata"].map((name) => (body.has(name) ? fields(body.get(name))["tags"] : undefined));
  const lists = [named, top, ...inside].flatMap((each) => (Array.isArray(each) ? each : []));
  return lists.filter((each): each is string => typeof each === "string" && each !== "").map((each) => each.slice(0, LONGEST));
}

function createCustomers({ people, database, clock, customerBudgetId, customerMaxBudget }: BelongingsOptions) {
  const known = new LateLru<{ readonly subject: Subject | GatewayError; readonly at: number }>(MOST);
  database.listen("people", (what) => {
    if (what === "*" || what.startsWith("budget")) known.clear();
    else if (what.startsWith("customer:")) for (const [key] of known.entries()) if (key.endsWith(what.slice(8))) known.delete(key);
  });
  return (id: string, keyBudgetId: string | undefined, isMaster: boolean): Subject | Promise<Subject | undefined> => {
    const budgetId = keyBudgetId ?? customerBudgetId;
    const key = `${budgetId ?? ""}:${id}`;
    const entry = known.get(key);
    if (entry && clock.now() - entry.at < FRESH_MS) return told(entry.subject);
    // In a database that was never made nobody has a row.
    if (isMaster && database.state === "asleep") return subjectOf({ id, name: id, blocked: false, settings: {} });
    // The master key works while the database opens or is away; what a customer may spend is then not known.
    if (isMaster && database.state !== "connected") return { level: "customer", id, name: id, limits: { budgets: [] } };
    return people.customer(id, budgetId).then(
      (row) => {
        const subject = row?.blocked ? blocked(id) : subjectOf(row ?? { id, name: id, blocked: false, settings: {} });
        known.set(key, { subject, at: clock.now() });
        return told(subject);
      },
      (thrown: unknown) => {
        if (entry) return told(entry.subject);
        throw thrown;
      },
    );
  };

  function subjectOf(row: EntityRow): Subject {
    const settings =
      customerMaxBudget !== undefined && (row.settings["max_budget"] ?? null) === null
        ? { ...row.settings, max_budget: customerMaxBudget }
        : row.settings;
    return { level: "customer", id: row.id, name: row.name, limits: limitSetOf(settings, clock.now()) };
  }
}

function told(subject: Subject | GatewayError): Subject {
  if (subject instanceof GatewayError) throw subject;
  return subject;
}

function blocked(id: string): GatewayError {
  return new GatewayError("blocked_key", `The customer ${id} is blocked. An administrator can unblock it with /customer/unblock.`);
}

/** Tags are few: those with a row are read all at once. Those without are still charged, so that their spend shows. */
function createTagLimits({ people, database, clock }: BelongingsOptions) {
  let rows: ReadonlyMap<string, EntityRow> | undefined;
  let reading: Promise<ReadonlyMap<string, EntityRow>> | undefined;
  database.listen("people", (what) => {
    if (what === "*" || what.startsWith("tag:") || what.startsWith("budget")) rows = undefined;
  });
  const subjects = (tags: readonly string[], from: ReadonlyMap<string, EntityRow>): Subject[] =>
    tags.map((tag) => ({ level: "tag", id: tag, name: tag, limits: limitSetOf(from.get(tag)?.settings ?? {}, clock.now()) }));
  return (tags: readonly string[], isMaster: boolean): readonly Subject[] | Promise<readonly Subject[]> => {
    if (rows) return subjects(tags, rows);
    if (isMaster && database.state !== "connected") return subjects(tags, new Map());
    reading ??= people
      .tags()
      .then((found) => {
        rows = found;
        return found;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading.then((found) => subjects(tags, found));
  };
}
