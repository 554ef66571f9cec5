import { generateKeyPairSync } from "node:crypto";
import { describe } from "vitest";
import { type ProviderCase, providerSuite } from "../../../testkit/src/suites/provider.ts";
import { providers } from "./catalog.ts";
import { notBuilt } from "./not-built.ts";

const KEY = "sk-key-of-the-contract";
const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
const watsonx = { token: KEY, project_id: "p-1", api_base: "https://own.example" };

const awsKeys = { aws_access_key_id: "AKIA", aws_secret_access_key: "s", aws_region_name: "eu-west-1" };

/** What a row needs beside its key. */
const special: Readonly<Record<string, Omit<ProviderCase, "name">>> = {
  demo: { sendsNothing: true },
  gigachat: { settings: { gigachat_access_token: KEY } },
  oci: { settings: { oci_tenancy: "t", oci_user: "u", oci_fingerprint: "f", oci_key: pem, oci_compartment_id: "c" } },
  petals: { uncounted: true },
  predibase: { settings: { predibase_tenant_id: "t-5" } },
  sap: { settings: { deployment_id: "d-1", api_base: "https://own.example" } },
  sagemaker: { settings: awsKeys },
  sagemaker_chat: { settings: awsKeys },
  sagemaker_nova: { settings: awsKeys },
  "text-completion-codestral": { answersIn: "openai-chat" },
  triton: { uncounted: true },
  watsonx: { settings: watsonx },
  watsonx_text: { settings: watsonx },
};
/** For those that have no address of their own. */
const address = { api_base: "https://own.example/v1" };

/** They only speak or listen, which the suite does not ask for. */
const voices = new Set(["aws_polly"]);

const built = providers.filter((provider) => !notBuilt.includes(provider) && !voices.has(provider.name));

describe.each(built.map(({ name }) => name))("%s", (name) => {
  const provider = built.find((each) => each.name === name);
  const own = provider?.serve("some-model", { model: "some-model", api_key: "k" }, {}).baseUrl;
  providerSuite({ name, ...(own === "" && { settings: address }), ...special[name] });
});
