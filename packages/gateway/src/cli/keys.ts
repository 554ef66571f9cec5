/** `tollgate keys …`: makes, lists, shows and ends virtual keys of a running gateway. */

import { type AdminClient, AdminError, createAdminClient } from "@tollgate/admin";
import { gatewayAt, noGateway } from "./ask-gateway.ts";
import { type KeyRow, keyLines, keyTable } from "./key-tables.ts";
import type { Ending, Outside } from "./outside.ts";

export interface AsJson {
  /** The gateway's reply as it is. */
  readonly json?: boolean;
}

export interface CreateFlags extends AsJson {
  readonly alias?: string;
  readonly models?: readonly string[];
  readonly user?: string;
  readonly team?: string;
  readonly maxBudget?: number;
  readonly budgetDuration?: string;
  readonly duration?: string;
  readonly rpm?: number;
  readonly tpm?: number;
}

export function createKey(flags: CreateFlags, outside: Outside): Promise<Ending> {
  return asking(outside, async (client) => {
    const made = await client.keys.generate({
      key_alias: flags.alias,
      models: flags.models && [...flags.models],
      user_id: flags.user,
      team_id: flags.team,
      max_budget: flags.maxBudget,
      budget_duration: flags.budgetDuration,
      duration: flags.duration,
      rpm_limit: flags.rpm,
      tpm_limit: flags.tpm,
    });
    if (flags.json) return asJson(made);
    return `${made.key}\n\nThis is shown once. Known from now on as ${made.key_alias ?? made.key_name ?? made.token}.`;
  });
}

export interface ListFlags extends AsJson {
  readonly user?: string;
  readonly team?: string;
  readonly page: number;
  readonly size: number;
}

export function listKeys(flags: ListFlags, outside: Outside): Promise<Ending> {
  return asking(outside, async (client) => {
    const reply = await client.keys.list({
      ...{ page: flags.page, size: flags.size, user_id: flags.user, team_id: flags.team },
      ...{ return_full_object: true, include_team_keys: true },
    });
    if (flags.json) return asJson(reply);
    if (reply.keys.length === 0) return 'There are no keys. Make one: tollgate keys create --alias "…"';
    const rows = reply.keys.filter((key): key is KeyRow => typeof key !== "string");
    const rest =
      reply.total_pages > 1 ? `\n\nPage ${reply.current_page} of ${reply.total_pages}, ${reply.total_count} keys (--page, --size).` : "";
    return keyTable(rows) + rest;
  });
}

export function showKey(named: string, flags: AsJson, outside: Outside): Promise<Ending> {
  return asking(outside, async (client) => {
    const reply = await client.keys.info({ key: isKey(named) ? named : await hashOf(named, client) });
    return flags.json ? asJson(reply) : keyLines(reply.info);
  });
}

export function deleteKeys(named: readonly string[], flags: AsJson, outside: Outside): Promise<Ending> {
  return asking(outside, async (client) => {
    const keys = named.filter(isKey);
    const aliases = named.filter((each) => !isKey(each));
    const reply = await client.keys.delete({ ...(keys.length > 0 && { keys }), ...(aliases.length > 0 && { key_aliases: aliases }) });
    return flags.json ? asJson(reply) : `Deleted: ${reply.deleted_keys.length}`;
  });
}

/** A key itself or its hash; everything else is an alias. */
function isKey(named: string): boolean {
  return named.startsWith("sk-") || /^[0-9a-f]{64}$/.test(named);
}

async function hashOf(alias: string, client: AdminClient): Promise<string> {
  const { keys } = await client.keys.list({ key_alias: alias, return_full_object: true, include_team_keys: true });
  const found = keys.find((key): key is KeyRow => typeof key !== "string" && key.key_alias === alias);
  // The gateway then says that there is no such key.
  return found?.token ?? alias;
}

/** Prints what the act answers; what the gateway refuses is told in its own words. */
async function asking(outside: Outside, act: (client: AdminClient) => Promise<string>): Promise<Ending> {
  const at = await gatewayAt(outside);
  try {
    outside.print(await act(createAdminClient({ url: at.url, ...(at.key !== undefined && { key: at.key }) })));
    return 0;
  } catch (cause) {
    outside.complain(cause instanceof AdminError ? `${at.url} answered ${cause.status}: ${cause.message}` : noGateway(at.url, cause));
    return 1;
  }
}

function asJson(reply: unknown): string {
  return JSON.stringify(reply, null, 2);
}
