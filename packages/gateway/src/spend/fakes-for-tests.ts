/** Entries, and a file system that fails on command: for the tests of this folder. */

import { existsSync } from "node:fs";
import type { CallRecord } from "tollgate/parts";
import type { LedgerEntry } from "./ledger.ts";
import { type SpoolFiles, spoolFiles } from "./spool-files.ts";

export const NOON = Date.UTC(2026, 8, 21, 12);

export function recordOf(callId: string, changes: Partial<CallRecord> = {}): CallRecord {
  return {
    callId,
    operation: "chat",
    clientDialect: "openai-chat",
    stream: false,
    startedAt: NOON,
    durationMs: 420.5,
    firstByteMs: 120,
    overheadMs: 0.4,
    status: "success",
    httpStatus: 200,
    model: "fast",
    group: "fast",
    provider: "acme",
    wireModel: "acme-1",
    deploymentId: "d1",
    apiBase: "https://api.acme.test/v1",
    replyId: `chatcmpl-${callId}`,
    usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 10 },
    costNano: 1500,
    attempts: [{ deploymentId: "d1", provider: "acme", model: "acme-1", group: "fast", durationMs: 400, status: 200 }],
    ...changes,
  };
}

export function entryOf(callId: string, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    record: recordOf(callId),
    endpoint: "/v1/chat/completions",
    keyHash: "hash-1",
    keyAlias: "ci",
    userId: "u1",
    teamId: "t1",
    teamAlias: "Team One",
    organizationId: "o1",
    tags: [],
    meters: [{ meter: "key:hash-1|total|0", lent: false }],
    ...changes,
  };
}

export interface FailingFiles extends SpoolFiles {
  /** Bytes that the disk still takes; undefined: as many as come. */
  room: number | undefined;
  /** How many of the next syncs fail. */
  failingSyncs: number;
  readonly synced: number;
  /** True: nothing can be made. */
  readOnly: boolean;
}

/** The real file system until told otherwise. */
export function failingFiles(): FailingFiles {
  let synced = 0;
  const files: FailingFiles = {
    ...spoolFiles,
    room: undefined,
    failingSyncs: 0,
    readOnly: false,
    get synced() {
      return synced;
    },
    create(path) {
      if (files.readOnly) throw new Error("EROFS: read-only file system");
      return spoolFiles.create(path);
    },
    write(file, bytes) {
      if (files.room === undefined) return spoolFiles.write(file, bytes);
      const part = bytes.subarray(0, files.room);
      files.room -= part.length;
      spoolFiles.write(file, part);
      if (part.length < bytes.length) throw new Error("ENOSPC: no space left on device");
    },
    sync(file, done) {
      if (files.failingSyncs === 0) {
        synced += 1;
        return spoolFiles.sync(file, done);
      }
      files.failingSyncs -= 1;
      setImmediate(() => done(new Error("EIO: i/o error")));
    },
    drop(path) {
      if (existsSync(path)) spoolFiles.drop(path);
    },
  };
  return files;
}
