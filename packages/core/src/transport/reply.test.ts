import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { replyWith } from "./reply.ts";
import type { Flow } from "./transport.ts";

describe("replyWith", () => {
  it("is read whole", async () => {
    const reply = replyWith({ status: 200, headers: { "content-type": "text/plain" }, pieces: ["a", Buffer.from("b")] });
    expect(reply.status).toBe(200);
    expect((await reply.read(10)).toString()).toBe("ab");
  });
  it("is not read beyond the limit", async () => {
    await expect(replyWith({ status: 200, body: "abc" }).read(2)).rejects.toMatchObject({ kind: "bad_reply" });
  });
  it("pours nothing before its Flow is known, waits while the sink is full, and ends once", async () => {
    const seen: string[] = [];
    let flow: Flow | undefined;
    await new Promise<void>((done) => {
      flow = replyWith({ status: 200, pieces: ["a", "b", "c"] }).pour({
        data(bytes) {
          expect(flow).toBeDefined();
          seen.push(bytes.toString());
          if (seen.length === 2) {
            setImmediate(() => {
              expect(seen).toEqual(["a", "b"]);
              flow?.resume();
              flow?.resume();
            });
          }
          return seen.length !== 2;
        },
        end() {
          seen.push("end");
          setImmediate(done);
        },
      });
    });
    expect(seen).toEqual(["a", "b", "c", "end"]);
  });
  it("breaks off when told to", async () => {
    const error = new GatewayError("connection", "gone");
    const ended = new Promise((done) => replyWith({ status: 200, pieces: ["a"], error }).pour({ data: () => true, end: done }));
    expect(await ended).toBe(error);
    await expect(replyWith({ status: 200, error }).read(1)).rejects.toBe(error);
  });
});
