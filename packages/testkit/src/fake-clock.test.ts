import { describe, expect, it } from "vitest";
import { fakeClock } from "./fake-clock.ts";

describe("fakeClock", () => {
  it("runs what falls due in its order, each at its own time", async () => {
    const clock = fakeClock(1000);
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name} at ${clock.now()}`);
    clock.after(30, note("late"));
    clock.after(10, note("first"));
    clock.after(10, note("second"));
    clock.after(99, note("never"));
    await clock.advance(50);
    expect(ran).toEqual(["first at 1010", "second at 1010", "late at 1030"]);
    expect(clock.now()).toBe(1050);
    expect(clock.ticks()).toBe(50);
    expect(clock.pending).toBe(1);
  });

  it("runs an alarm that was set by an awaited one", async () => {
    const clock = fakeClock();
    let woken = 0;
    const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
    const twice = async () => {
      await wait(10);
      await wait(10);
      woken = clock.ticks();
    };
    void twice();
    await clock.advance(25);
    expect(woken).toBe(20);
  });

  it("pushes back and calls off", async () => {
    const clock = fakeClock();
    let rang = 0;
    const pushed = clock.after(10, () => {
      rang = clock.ticks();
    });
    clock
      .after(10, () => {
        rang = -1;
      })
      .cancel();
    await clock.advance(8);
    pushed.refresh();
    await clock.advance(8);
    expect(rang).toBe(0);
    await clock.advance(8);
    expect(rang).toBe(18);
  });

  it("repeats until told to stop", async () => {
    const clock = fakeClock();
    let times = 0;
    const stop = clock.every(10, () => {
      times += 1;
    });
    await clock.advance(35);
    stop();
    await clock.advance(35);
    expect(times).toBe(3);
  });

  it("goes to the next alarm, however far", async () => {
    const clock = fakeClock();
    clock.after(5000, () => {});
    expect(await clock.next()).toBe(true);
    expect(clock.ticks()).toBe(5000);
    expect(await clock.next()).toBe(false);
  });
});
