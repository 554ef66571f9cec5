import { describe, expect, it } from "vitest";
import { fakeDeployment, fakeRouter } from "../fakes-for-tests.ts";
import { costBased } from "./cost-based.ts";
import { simpleShuffle } from "./simple-shuffle.ts";

const { health } = fakeRouter({}).router;
type Numbers = { weight?: number; rpm?: number; tpm?: number };

describe("simple shuffle", () => {
  it.each<[string, Numbers[], number, number]>([
    ["all alike", [{}, {}], 0.49, 0],
    ["all alike", [{}, {}], 0.5, 1],
    ["by weight", [{ weight: 9 }, { weight: 1 }], 0.89, 0],
    ["by weight", [{ weight: 9 }, { weight: 1 }], 0.91, 1],
    ["no weight counts as 1", [{ weight: 9 }, {}], 0.91, 1],
    ["weight nought is never picked", [{ weight: 0 }, { weight: 1 }], 0, 1],
    ["unless there is nothing else", [{ weight: 0 }, { weight: 0 }], 0.6, 1],
    ["by rpm", [{ rpm: 900 }, { rpm: 100 }], 0.91, 1],
    [
      "weight before rpm",
      [
        { rpm: 900, weight: 1 },
        { rpm: 100, weight: 1 },
      ],
      0.51,
      1,
    ],
    [
      "rpm before tpm",
      [
        { rpm: 1, tpm: 1_000 },
        { rpm: 1, tpm: 1 },
      ],
      0.51,
      1,
    ],
    ["by tpm", [{ tpm: 900 }, { tpm: 100 }], 0.89, 0],
    ["no rpm counts as the smallest", [{ rpm: 600 }, { rpm: 200 }, {}], 0.81, 2],
    ["chance at its end", [{ weight: 1 }, { weight: 0 }], 0.999999, 0],
  ])("%s: %j at %d", (_, numbers, chance, expected) => {
    const candidates = numbers.map((each, at) => fakeDeployment(String(at), each));
    expect(simpleShuffle(candidates, health, () => chance).id).toBe(String(expected));
  });
});

describe("least busy", () => {
  it("picks who has the fewest calls in flight", () => {
    const [a, b] = [fakeDeployment("a"), fakeDeployment("b")];
    const { router } = fakeRouter({ m: [a, b] }, { strategy: "least-busy" });
    const end = router.begin(a);
    expect(router.next({ model: "m" }, [])).toMatchObject({ deployment: b });
    router.begin(b);
    end({ durationMs: 1 });
    expect(router.next({ model: "m" }, [])).toMatchObject({ deployment: a });
  });
});

describe("cost based", () => {
  it("picks the cheapest, and who names no price last", () => {
    const dear = fakeDeployment("dear", { facts: { input_cost_per_token: 2e-6, output_cost_per_token: 2e-6 } });
    const cheap = fakeDeployment("cheap", { facts: { input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 } });
    expect(costBased([fakeDeployment("silent"), dear, cheap], health, () => 0).id).toBe("cheap");
  });
});
