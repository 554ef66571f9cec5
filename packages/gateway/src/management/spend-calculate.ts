/** What a call would cost, or what one with this answer did cost. */

import { type BuiltHouse, countRequest, type Deployment, GatewayError, type Usage, usageOfChat } from "tollgate/parts";
import { mayUse } from "../access/model-access.ts";
import type { Principal } from "../access/principal.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { dollars } from "../spend/dollars.ts";

type House = Pick<BuiltHouse, "router" | "compile" | "cost">;

export function createSpendCalculator(house: House): Pick<AreaHandlers<"spend">, "calculate"> {
  return {
    async calculate({ model, messages, completion_response: reply }, { principal }) {
      const name = model ?? reply?.["model"];
      if (typeof name !== "string" || name === "")
        throw new GatewayError("bad_request", "The model is not said: give 'model', or a 'completion_response' with its model.", {
          param: "model",
        });
      const deployment = deploymentOf(name, principal, house);
      const usage = reply ? usageOf(reply) : await usageOfQuestion(messages ?? [], deployment.model);
      const nano = house.cost(usage, deployment, 0);
      if (nano === undefined)
        throw new GatewayError(
          "bad_request",
          `Nobody knows the price of '${name}'. Set it in the model's model_info: input_cost_per_token, output_cost_per_token.`,
          { param: "model" },
        );
      return { cost: dollars(nano) };
    },
  };
}

/** A public name that the caller may use, or any `provider/model`. */
function deploymentOf(name: string, who: Principal, house: House): Deployment {
  const [known] = (mayUse(who, name) ? house.router.routes.find(name) : undefined) ?? [];
  return known ?? house.compile({ model_name: name, litellm_params: { model: name }, source: "api" });
}

function usageOf(reply: Readonly<Record<string, unknown>>): Usage {
  const usage = usageOfChat(reply["usage"]);
  if (usage?.inputTokens !== undefined || usage?.outputTokens !== undefined) return usage;
  throw new GatewayError("bad_request", "'completion_response' has no usage: give the whole answer, with its prompt_tokens.", {
    param: "completion_response",
  });
}

async function usageOfQuestion(messages: readonly unknown[], model: string): Promise<Usage> {
  const { tokens } = await countRequest({ messages }, model);
  return { inputTokens: tokens, outputTokens: 0 };
}
