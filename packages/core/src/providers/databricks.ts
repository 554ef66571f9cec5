/** Databricks' serving endpoints: OpenAI's wire, with thoughts as parts of the content. Source: docs.databricks.com/machine-learning/foundation-model-apis/api-reference. */

import { databricksAuth, databricksEnv } from "./auth/databricks.ts";
import { compatible } from "./compatible.ts";
import { databricksReasoning } from "./databricks-reasoning.ts";
import type { Provider } from "./provider.ts";
import { noNames, oldTokenLimit, quirks, textAsString } from "./quirks.ts";

export const databricks: Provider = compatible({
  name: "databricks",
  title: "Databricks",
  base: ({ api_base }) => (api_base ? endpoints(api_base) : ""),
  auth: databricksAuth,
  baseEnv: ["DATABRICKS_API_BASE", "DATABRICKS_HOST"],
  settingsEnv: databricksEnv,
  does: ["chat", "embed"],
  quirks: (model) => {
    const claude = model.includes("claude");
    return quirks(
      oldTokenLimit,
      noNames(() => false),
      claude ? undefined : textAsString,
      databricksReasoning(claude),
    );
  },
  docs: "https://docs.databricks.com/machine-learning/foundation-model-apis/api-reference",
});

/** A workspace alone is written, too. */
function endpoints(base: string): string {
  const written = base.includes("://") ? base : `https://${base}`;
  return URL.canParse(written) && new URL(written).pathname === "/" ? `${written.replace(/\/+$/, "")}/serving-endpoints` : written;
}
