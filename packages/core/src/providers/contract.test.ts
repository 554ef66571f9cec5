import { describe } from "vitest";
import { type ProviderCase, providerSuite } from "../../../testkit/src/suites/provider.ts";
import { providers } from "./catalog.ts";
import { notBuilt } from "./not-built.ts";

/** What a row needs beside its key. */
const special: Readonly<Record<string, Omit<ProviderCase, "name">>> = {
  demo: { sendsNothing: true },
  "text-completion-codestral": { answersIn: "openai-chat" },
};
/** For those that have no address of their own. */
const address = { api_base: "https://own.example/v1" };

const built = providers.filter((provider) => !notBuilt.includes(provider));

describe.each(built.map(({ name }) => name))("%s", (name) => {
  const provider = built.find((each) => each.name === name);
  const own = provider?.serve("some-model", { model: "some-model", api_key: "k" }, {}).baseUrl;
  providerSuite({ name, ...(own === "" && { settings: address }), ...special[name] });
});
