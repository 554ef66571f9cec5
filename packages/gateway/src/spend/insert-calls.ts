/** How rows of `calls` are told to the database: what groups of them have in common once, and what is each one's own as columns. */

import type { Alike, Group } from "./alike.ts";
import type { SpooledCall } from "./spooled-call.ts";

/** What a group has in common; a member of the same name, or false. */
const shared =
  "status call_type endpoint model model_group provider wire_model deployment_id api_base key_hash user_id team_id organization_id project_id customer_id requester_ip error_kind".split(
    " ",
  );
const flags = ["stream", "unpriced", "estimated"];

type Own = "text" | "float8" | "int8" | "json";

/** What is each call's own. JSON is told as text, and told apart by the type that it has here. */
const own: readonly (readonly [name: keyof SpooledCall, type: Own])[] = [
  ["started", "float8"],
  ["took", "float8"],
  ["first_byte", "float8"],
  ...(["call_id", "reply_id", "client_call_id", "session_id"] as const).map((name) => [name, "text"] as const),
  ...(["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "spend_nano"] as const).map(
    (name) => [name, "int8"] as const,
  ),
  ...(["metadata", "messages", "response"] as const).map((name) => [name, "json"] as const),
];

const later = (name: string): string => `to_timestamp((r.started + r.${name}) / 1000.0::float8)`;

const columns: readonly (readonly [column: string, value: string])[] = [
  ["day", "g.day"],
  ["started_at", "to_timestamp(r.started / 1000.0::float8)"],
  ["ended_at", later("took")],
  ["first_byte_at", later("first_byte")],
  ["http_status", "g.http_status"],
  ["tags", "coalesce(g.tags, '{}')"],
  ["metadata", "coalesce(r.metadata::jsonb, '{}')"],
  ...["messages", "response"].map((name) => [name, `r.${name}::jsonb`] as const),
  ...own.filter(([, type]) => type === "text").map(([name]) => [name, `r.${name}`] as const),
  ...own.filter(([, type]) => type === "int8").map(([name]) => [name, `coalesce(r.${name}, 0)`] as const),
  ...shared.map((name) => [name, `g.${name}`] as const),
  ...flags.map((name) => [name, `coalesce(g.${name}, false)`] as const),
];

const shape = [
  ...shared.map((name) => `${name} text`),
  ...flags.map((name) => `${name} boolean`),
  "day date, http_status int4, tags text[], nth int4",
].join(", ");
const lists = own.map(([, type], index) => `$${index + 3}::${type === "json" ? "text" : type}[]`).join(", ");

const insert = `insert into calls (${columns.map(([column]) => column).join(", ")})
  select ${columns.map(([, value]) => value).join(", ")}
  from unnest($2::int4[], ${lists}) as r(nth, ${own.map(([name]) => name).join(", ")})
  join jsonb_to_recordset($1::jsonb) as g(${shape}) on g.nth = r.nth`;

/** For a database that others write, too: all in the same order, so that two who write the same rows never wait for each other in a circle. */
export const insertInOrder = `${insert} order by r.call_id on conflict do nothing`;
/** For a database of our own. */
export const insertAsTheyCame = `${insert} on conflict do nothing`;

/** What `insert…` takes. Of calls of a hidden group only that they were written: it must still be known. */
export function insertValues({ calls, groups, groupOf }: Alike, isHidden: (group: Group) => boolean): readonly (string | null)[] {
  const hidden = groups.map(isHidden);
  const shown = hidden.includes(true) ? calls.map((call, index) => (hidden[groupOf[index] ?? 0] ? bare(call) : call)) : calls;
  const common = groups.map((group, nth) => (hidden[nth] ? { ...nameless, day: group.day, nth } : commonOf(group, nth)));
  return [JSON.stringify(common), `{${groupOf.join(",")}}`, ...own.map(([name, type]) => listOf(shown, name, writers[type]))];
}

const nameless = { status: "", http_status: 0, call_type: "", endpoint: "", model: "" };

function bare({ call_id, started }: SpooledCall): SpooledCall {
  return { ...nameless, call_id, started, took: 0 };
}

function commonOf({ day, call }: Group, nth: number): object {
  const { reply_id: _reply, metadata: _metadata, messages: _messages, response: _response, meters: _meters, ...rest } = call;
  return { ...rest, day, nth };
}

/** Null: none of them has any. */
function listOf(calls: readonly SpooledCall[], name: keyof SpooledCall, write: (value: unknown) => string): string | null {
  let any = false;
  const elements = calls.map((call) => {
    const value = call[name];
    if (value === undefined || value === null) return "NULL";
    any = true;
    return write(value);
  });
  return any ? `{${elements.join(",")}}` : null;
}

const writers: Readonly<Record<Own, (value: unknown) => string>> = {
  text: (value) => element(String(value)),
  float8: numeral,
  int8: numeral,
  json: (value) => element(JSON.stringify(value)),
};

/** A number that is none is the database's to refuse. */
function numeral(value: unknown): string {
  return typeof value === "number" ? String(value) : element(String(value));
}

/** Means nothing but itself inside of a list; too long for "null". */
const plain = /^[\w.:/-]{5,}$/;

function element(text: string): string {
  return plain.test(text) ? text : `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
