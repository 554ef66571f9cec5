/** Copies what LiteLLM's database holds about keys, people, limits and models into ours: all of it in one transaction, or nothing. */

import type { Transaction } from "kysely";
import { GatewayError } from "tollgate/parts";
import { createWindows } from "../limits/windows.ts";
import type { Encryption } from "../secrets/encryption.ts";
import type { Database } from "../store/database.ts";
import type { ForeignDatabase } from "../store/foreign-server.ts";
import { checkSalt } from "../store/salt-check.ts";
import type { Tables } from "../store/tables.ts";
import type { Copied, Copy, Scene } from "./copy.ts";
import { keyCopies } from "./copy-keys.ts";
import { limitCopies } from "./copy-limits.ts";
import { modelCopies } from "./copy-models.ts";
import { peopleCopies } from "./copy-people.ts";
import { teamCopies } from "./copy-teams.ts";
import { gatherScene } from "./scene.ts";
import { type WriteOptions, writeRows } from "./write-rows.ts";

export interface ImportOptions {
  readonly source: ForeignDatabase;
  readonly database: Pick<Database, "sql">;
  readonly encryption: Encryption;
  /** LiteLLM's salt and master key, as far as they are known. */
  readonly secrets: readonly string[];
  readonly timezone: string;
  readonly now: number;
  readonly replace: boolean;
  /** Does everything and takes it back. */
  readonly dryRun: boolean;
}

export interface Counted {
  readonly thing: string;
  readonly fresh: number;
  readonly replaced: number;
  /** Here already, and left as they are. */
  readonly kept: number;
  readonly leftOut: number;
}

export interface Remark {
  readonly thing: string;
  readonly id: string;
  readonly what: string;
}

export interface ImportReport {
  readonly from: string;
  readonly dryRun: boolean;
  readonly counts: readonly Counted[];
  /** Single rows that were left out. */
  readonly leftOut: readonly Remark[];
  /** Rows that are not quite as they were. */
  readonly changed: readonly Remark[];
  /** Tables there that hold something and are not copied. `rows` are not counted beyond 10,000. */
  readonly tablesLeft: readonly { readonly table: string; readonly rows: number }[];
}

export const MOST_COUNTED = 10_000;

/** In this order: what is copied later may refer to what was copied before. */
const copies: readonly Copy[] = [...limitCopies, ...peopleCopies, ...teamCopies, ...keyCopies, ...modelCopies];
/** Read for what refers to them. */
const merged: readonly string[] = ["LiteLLM_ObjectPermissionTable", "LiteLLM_ModelTable", "LiteLLM_TeamMembership"];

export async function importLitellm(options: ImportOptions): Promise<ImportReport> {
  const tables = await options.source.tables("LiteLLM_");
  if (tables.length === 0)
    throw new GatewayError(
      "bad_request",
      `The database ${options.source.place} has no tables of LiteLLM. Name the one that stands in LiteLLM's DATABASE_URL, with ?schema=… if it has one.`,
    );
  let report: ImportReport | undefined;
  const undo = new Error("taken back");
  try {
    await options.database.sql.transaction().execute(async (inside) => {
      report = await copyAll(options, new Set(tables), inside);
      if (options.dryRun) throw undo;
    });
  } catch (cause) {
    if (cause !== undo) throw cause;
  }
  if (!report) throw new Error("The transaction ended without a report.");
  return report;
}

async function copyAll(options: ImportOptions, tables: ReadonlySet<string>, inside: Transaction<Tables>): Promise<ImportReport> {
  const { source, encryption, now, dryRun } = options;
  const leftOut: Remark[] = [];
  const changed: Remark[] = [];
  await checkSalt(inside, encryption);
  const scene = await gatherScene({
    ...{ source, tables, inside, encryption, now, secrets: options.secrets },
    note: (thing, id, what) => void changed.push({ thing, id, what }),
    leftOut: (thing, id, what) => void leftOut.push({ thing, id, what }),
  });
  const counts: Counted[] = [];
  const write = { inside, windows: createWindows(options.timezone), now, replace: options.replace };
  for (const copy of copies) {
    if (!tables.has(copy.from)) continue;
    const before = leftOut.length;
    const written = await copyTable(copy, { source, scene, write });
    counts.push({ thing: copy.thing, ...written, leftOut: leftOut.length - before });
  }
  await noteInAudit(inside, source.place, counts);
  return { from: source.place, dryRun, counts, leftOut, changed, tablesLeft: await tablesLeft(source, tables) };
}

interface Copying {
  readonly source: ForeignDatabase;
  readonly scene: Scene;
  readonly write: WriteOptions;
}

async function copyTable(copy: Copy, { source, scene, write }: Copying): Promise<Omit<Counted, "thing" | "leftOut">> {
  const sum = { fresh: 0, replaced: 0, kept: 0 };
  for await (const there of source.rows(copy.from)) {
    const copied: Copied[] = there.flatMap((row) => copy.rows(row, scene));
    const { fresh, replaced } = await writeRows(copy, copied, write);
    sum.fresh += fresh;
    sum.replaced += replaced;
    sum.kept += copied.length - fresh - replaced;
  }
  return sum;
}

async function noteInAudit(inside: Transaction<Tables>, place: string, counts: readonly Counted[]): Promise<void> {
  const sums = Object.fromEntries(counts.map(({ thing, fresh, replaced }) => [thing, { fresh, replaced }]));
  await inside
    .insertInto("audit")
    .values({
      ...{ changed_by: "tollgate import", action: "created", table_name: "import", object_id: place },
      updated_values: JSON.stringify(sums),
    })
    .execute();
}

async function tablesLeft(source: ForeignDatabase, tables: ReadonlySet<string>): Promise<ImportReport["tablesLeft"]> {
  const copied = new Set([...copies.map(({ from }) => from), ...merged]);
  const left: { table: string; rows: number }[] = [];
  for (const table of [...tables].filter((name) => !copied.has(name))) {
    const rows = await source.count(table, MOST_COUNTED + 1);
    if (rows > 0) left.push({ table, rows });
  }
  return left;
}
