import { describe, expect, it, vi } from "vitest";
import { GatewayError } from "../errors.ts";
import type { Compile } from "./compile.ts";
import type { DeploymentRow } from "./deployment.ts";
import { fakeDeployment } from "./fakes-for-tests.ts";
import { createRoutes, type RoutesOptions } from "./routes.ts";

const compile: Compile = (row) => {
  const { model } = row.litellm_params;
  if (!model.startsWith("fake/")) throw new GatewayError("bad_request", `Unknown provider of ${model}.`);
  const wire = model.slice("fake/".length);
  const id = String(row.model_info?.["id"]);
  return fakeDeployment(id, { group: row.model_name, row, model: wire, standing: `${id}:${wire}` });
};

const row = (model_name: string, model: string, more: Partial<DeploymentRow> = {}): DeploymentRow => ({
  model_name,
  ...more,
  litellm_params: { model },
});
const routesOf = (rows: readonly DeploymentRow[], more: Partial<RoutesOptions> = {}) =>
  createRoutes({ rows, compile, aliases: new Map(), onProblem: () => {}, ...more });
const wires = (routes: ReturnType<typeof routesOf>, name: string) => routes.find(name)?.map(({ model }) => model);

describe("names", () => {
  it("find all their deployments, and ids one", () => {
    const routes = routesOf([row("m", "fake/a"), row("m", "fake/b", { model_info: { id: "b-id" } }), row("n", "fake/c")]);
    expect(wires(routes, "m")).toEqual(["a", "b"]);
    expect(wires(routes, "b-id")).toEqual(["b"]);
    expect(routes.find("nobody")).toBeUndefined();
    expect(routes.names).toEqual(["m", "n"]);
    expect(routes.deployments).toHaveLength(3);
  });

  it("give rows that differ in secrets only ids of their own", () => {
    const twin = row("m", "fake/a");
    const ids = routesOf([twin, { ...twin, litellm_params: { ...twin.litellm_params, api_key: "k" } }]).deployments.map(({ id }) => id);
    expect(ids[1]).toBe(`${ids[0]}-2`);
  });

  it("have aliases, hidden or not, of aliases too, and never in circles", () => {
    const aliases = new Map([
      ["shown", { model: "m", hidden: false }],
      ["hidden", { model: "shown", hidden: true }],
      ["starred", { model: "x/y", hidden: true }],
      ["lost", { model: "gone", hidden: true }],
      ["ring", { model: "ring", hidden: true }],
      ["n", { model: "m", hidden: true }],
    ]);
    const routes = routesOf([row("m", "fake/a"), row("n", "fake/n"), row("x/*", "fake/*")], { aliases });
    expect(["shown", "hidden", "starred", "n"].map((name) => wires(routes, name))).toEqual([["a"], ["a"], ["y"], ["a"]]);
    expect([routes.find("lost"), routes.find("ring")]).toEqual([undefined, undefined]);
    expect(routes.names).toEqual(["m", "n", "x/*", "shown"]);
  });
});

describe("wildcards", () => {
  it.each([
    ["fake/*", "fake/*", "fake/gpt", ["gpt"]],
    ["star/*", "fake/*", "star/a/b", ["a/b"]],
    ["star/*", "fake/fixed", "star/anything", ["fixed"]],
    ["*", "fake/*", "some-model", ["some-model"]],
    ["*", "*", "fake/gpt", ["gpt"]],
    ["team-*", "fake/x-*", "team-a", ["x-a"]],
    ["*-fast", "fake/*", "gpt-fast", ["gpt"]],
    ["fo::*:static::*", "fake/*-*", "fo::hi:static::you", ["hi-you"]],
    ["a-*-*", "fake/*", "a-b-c", []],
    ["star/*", "fake/*", "other/x", undefined],
    ["x*x", "fake/*", "x", undefined],
  ])("%s in front of %s, asked for %s", (name, model, asked, expected) => {
    expect(wires(routesOf([row(name, model)]), asked)).toEqual(expected);
  });

  it("yield to exact names and to longer patterns, and come with all rows of theirs", () => {
    const routes = routesOf([
      row("*", "fake/all-*"),
      row("x/*", "fake/x-*"),
      row("x/y*", "fake/y-*"),
      row("x/y*", "fake/z-*"),
      row("x/exact", "fake/e"),
    ]);
    expect(["q", "x/q", "x/yq", "x/exact"].map((name) => wires(routes, name))).toEqual([["all-q"], ["x-q"], ["y-q", "z-q"], ["e"]]);
  });

  it("are compiled once per model and keep the row's id", () => {
    const spy = vi.fn(compile);
    const routes = routesOf([row("x/*", "fake/*", { model_info: { id: "w" } })], { compile: spy });
    expect(routes.find("x/a")?.[0]).toBe(routes.find("x/a")?.[0]);
    expect(routes.find("x/a")?.[0]).toMatchObject({ id: "w", standing: "w:a", group: "x/*" });
    expect(spy.mock.calls.map(([{ litellm_params }]) => litellm_params.model)).toEqual(["fake/*", "fake/a"]);
  });

  it("are found without provider when it can be told", () => {
    const routes = routesOf([row("fake/*", "fake/*")], { providerOf: (name) => (name.startsWith("gpt") ? "fake" : undefined) });
    expect([wires(routes, "gpt-4o"), wires(routes, "unknown")]).toEqual([["gpt-4o"], undefined]);
  });

  it("cannot be asked for themselves, nor by endless names", () => {
    const routes = routesOf([row("x/*", "fake/*")]);
    expect([routes.find("x/*"), routes.find(`x/${"y".repeat(600)}`)]).toEqual([undefined, undefined]);
  });
});

describe("rows that cannot be compiled", () => {
  it("are told once, sink no others and answer with their error", () => {
    const problems: string[] = [];
    const rows = [row("m", "nobody/a"), row("m", "fake/b"), row("bad", "nobody/c"), row("*", "*")];
    const routes = routesOf(rows, { onProblem: ({ model_name }, { message }) => problems.push(`${model_name}: ${message}`) });
    expect(problems).toEqual(["m: Unknown provider of nobody/a.", "bad: Unknown provider of nobody/c."]);
    expect(wires(routes, "m")).toEqual(["b"]);
    expect(routes.find("bad")).toEqual([]);
    expect(routes.problem("bad")?.message).toBe("Unknown provider of nobody/c.");
    expect(routes.find("what")).toEqual([]);
    expect(routes.problem("what")?.message).toBe("Unknown provider of what.");
  });
});

describe("new routes", () => {
  it("take over the compiled objects of unchanged rows, wildcards too", () => {
    const rows = [row("m", "fake/a"), row("n", "fake/b"), row("x/*", "fake/*")];
    const before = routesOf(rows);
    const star = before.find("x/s")?.[0];
    const after = routesOf([row("m", "fake/a"), row("n", "fake/changed"), row("x/*", "fake/*")], { previous: before });
    expect(after.find("m")?.[0]).toBe(before.find("m")?.[0]);
    expect(after.find("n")?.[0]).not.toBe(before.find("n")?.[0]);
    expect(after.find("x/s")?.[0]).toBe(star);
    expect(routesOf(rows, { previous: before, compile: (each) => compile(each) }).find("m")?.[0]).not.toBe(before.find("m")?.[0]);
  });
});

describe("near", () => {
  const routes = routesOf(
    ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "anthropic/claude-opus", "text-embed"].map((name) => row(name, "fake/x")),
  );
  it.each([
    ["gpt4o", "gpt-4o"],
    ["GPT-4o", "gpt-4o"],
    ["openai/gpt-4o", "gpt-4o"],
    ["claude-opus", "anthropic/claude-opus"],
    ["claude-sonnet", "claude-sonnet-4-5"],
  ])("%s is near %s", (asked, meant) => {
    expect(routes.near(asked)[0]).toBe(meant);
  });

  it("nothing is near to nonsense, and never more than three are named", () => {
    expect(routes.near("zzzzzzzzzzzz")).toEqual([]);
    expect(routesOf([row("x/*", "fake/*")]).near("x/*")).toEqual([]);
    expect(routes.near("x".repeat(100_000))).toEqual([]);
    expect(routesOf(["m1", "m2", "m3", "m4"].map((name) => row(name, "fake/x"))).near("m0")).toHaveLength(3);
  });
});
