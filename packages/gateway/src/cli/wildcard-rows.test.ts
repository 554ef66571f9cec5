/** Which providers a gateway without a config serves. */

import { expect, it } from "vitest";
import { wildcardRows } from "./wildcard-rows.ts";

it("serves every provider whose key stands in the environment", () => {
  const provider = (name: string, ...env: string[]) => ({ name, auth: { env, connect: () => ({}) } });
  const providers = [provider("one", "ONE_KEY"), provider("two", "TWO_KEY", "TWO_TOKEN"), provider("three", "THREE_KEY"), provider("four")];
  expect(wildcardRows(providers, { ONE_KEY: "", TWO_TOKEN: "x" })).toEqual([
    { model_name: "two/*", litellm_params: { model: "two/*" }, source: "config" },
  ]);
});
