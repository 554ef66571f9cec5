import { describe, expect, it } from "vitest";
import { Cancel } from "./cancel.ts";

const gone = new Error("gone");

function listener() {
  const heard: Error[] = [];
  return { heard, cancelled: (reason: Error) => void heard.push(reason) };
}

describe("Cancel", () => {
  it("tells all who listen, once", () => {
    const cancel = new Cancel();
    const all = [listener(), listener(), listener()];
    for (const each of all) cancel.tell(each);
    cancel.abort(gone);
    cancel.abort(new Error("again"));
    expect(all.map(({ heard }) => heard)).toEqual([[gone], [gone], [gone]]);
    expect(cancel.reason).toBe(gone);
  });

  it("tells whoever comes too late at once", () => {
    const cancel = new Cancel();
    cancel.abort(gone);
    const late = listener();
    cancel.tell(late);
    expect(late.heard).toEqual([gone]);
  });

  it("leaves out who does not listen any more, whichever it was", () => {
    const cancel = new Cancel();
    const [first, second, third, fourth] = [listener(), listener(), listener(), listener()];
    for (const each of [first, second, third]) cancel.tell(each);
    for (const each of [first, second]) cancel.leaveOut(each);
    cancel.leaveOut(listener());
    cancel.tell(fourth);
    cancel.abort(gone);
    expect([first, second, third, fourth].map(({ heard }) => heard.length)).toEqual([0, 0, 1, 1]);
  });

  it("passes on to a cancel that listens, and not back", () => {
    const call = new Cancel();
    const [attempt, next] = [new Cancel(), new Cancel()];
    call.tell(attempt);
    attempt.abort(new Error("timeout"));
    expect(call.aborted).toBe(false);
    call.leaveOut(attempt);
    call.tell(next);
    call.abort(gone);
    expect(next.reason).toBe(gone);
  });
});
