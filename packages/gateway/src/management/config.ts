/** Settings read and changed while the gateway runs. */

import { GatewayError, type RouterSettings } from "tollgate/parts";
import { refusedSetting, type Section, sections } from "../config/changeable.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { masked } from "../secrets/masked.ts";
import type { RunSettings } from "./config-settings.ts";
import { listed, routerForm, shownRouter, shownSection, shownValue } from "./config-shown.ts";
import { checkSetting, createSettingsWriter, whenInForce } from "./config-write.ts";
import { listOf, mapOf } from "./limited-row.ts";
import { merged } from "./merge.ts";
import type { ModelParts } from "./model-parts.ts";
import type { ManagementParts } from "./parts.ts";

export interface ConfigParts {
  readonly settings: RunSettings;
  readonly router: RouterSettings;
  readonly models: ModelParts["models"];
}

type Fields = Readonly<Record<string, unknown>>;

export function createConfigHandlers(parts: ManagementParts, { settings, router, models }: ConfigParts): AreaHandlers<"config"> {
  const write = createSettingsWriter(parts, settings);
  const general = (name: string): unknown => settings.stored.general_settings[name] ?? settings.current.general_settings[name];
  const litellm = (name: string): unknown => settings.stored.litellm_settings[name] ?? settings.current.litellm_settings[name];

  async function set(section: Section, given: Fields, caller: Caller): Promise<void> {
    for (const [name, value] of Object.entries(given)) if (value !== null) checkSetting(section, name, value);
    await write(section, (stored) => merged(stored, given), caller);
  }

  /** The defaults of new teams or users, as a whole: what null takes away must not come back from the file. */
  async function setDefaults(name: string, given: Fields, caller: Caller) {
    await write("litellm_settings", (stored) => ({ ...stored, [name]: merged(mapOf(stored[name] ?? litellm(name)) ?? {}, given) }), caller);
    return { message: "In force at once.", status: "success", settings: mapOf(litellm(name)) ?? {} };
  }

  const notInForce = (name: string): { warnings?: string[] } => whenInForce("litellm_settings", [name]);

  return {
    list: async ({ config_type }) => listed(config_type, settings.current, settings.stored),
    async fieldInfo({ field_name: name }) {
      const value = general(name);
      if (value === undefined && refusedSetting("general_settings", name, undefined)?.kind === "unknown")
        throw new GatewayError("not_found", `There is no setting '${name.slice(0, 200)}' in general_settings.`, { param: "field_name" });
      return { field_name: name, field_value: shownValue(name, value) };
    },
    async fieldUpdate({ field_name: name, field_value: value, config_type: section }, caller) {
      await set(section, { [name]: value ?? null }, caller);
      return { message: `${name} is stored.`, ...whenInForce(section, [name]) };
    },
    async fieldDelete({ field_name: name, config_type: section }, caller) {
      if (!(name in settings.stored[section]))
        throw new GatewayError("not_found", `'${name.slice(0, 200)}' was not changed here: the config file's value counts already.`, {
          param: "field_name",
        });
      await set(section, { [name]: null }, caller);
      return { message: `${name} is the config file's again.` };
    },
    async update({ environment_variables: variables, ...given }, caller) {
      if (Object.keys(variables ?? {}).length > 0)
        throw new GatewayError(
          "bad_request",
          "Environment variables are not taken by API. Set them where the gateway runs, or in its config file.",
          {
            param: "environment_variables",
          },
        );
      const asked = sections.flatMap((section) => (given[section] ? [[section, given[section]] as const] : []));
      for (const [section, fields] of asked)
        for (const [name, value] of Object.entries(fields)) if (value !== null) checkSetting(section, name, value);
      for (const [section, fields] of asked) await set(section, fields, caller);
      const warnings = asked.flatMap(([section, fields]) => whenInForce(section, Object.keys(fields)).warnings ?? []);
      return { message: "Config updated successfully", ...(warnings.length > 0 && { warnings }) };
    },
    async callbacks() {
      const names = ["success_callback", "failure_callback", "callbacks"] as const;
      const types = { success_callback: "success", failure_callback: "failure", callbacks: "success_and_failure" } as const;
      const callbacks = names.flatMap((key) => listOf(litellm(key)).map((name) => ({ name, type: types[key], variables: {} })));
      return { status: "success", callbacks, alerts: [], router_settings: shownRouter(router), available_callbacks: {} };
    },
    async yaml() {
      return {
        model_list: models.file.rows.map((row) => ({ ...row, litellm_params: masked(row.litellm_params) })),
        general_settings: shownSection(settings.current.general_settings),
        litellm_settings: shownSection(settings.current.litellm_settings),
        router_settings: shownRouter(router),
        credential_list: [...models.file.credentials.keys()].map((credential_name) => ({ credential_name })),
      };
    },
    routerSettings: async () => routerForm(router),
    costDiscounts: async () => ({ values: (mapOf(litellm("cost_discount_config")) ?? {}) as Record<string, number> }),
    async setCostDiscounts({ discounts }, caller) {
      await set("litellm_settings", { cost_discount_config: discounts }, caller);
      return { status: "success", values: discounts, ...notInForce("cost_discount_config") };
    },
    costMargins: async () => ({ values: mapOf(litellm("cost_margin_config")) ?? {} }),
    async setCostMargins({ margins }, caller) {
      await set("litellm_settings", { cost_margin_config: margins }, caller);
      return { status: "success", values: margins, ...notInForce("cost_margin_config") };
    },
    blockUnpriced: async () => ({ enabled: litellm(BLOCK_UNPRICED) === true }),
    async setBlockUnpriced({ enabled }, caller) {
      await write("litellm_settings", (stored) => ({ ...stored, [BLOCK_UNPRICED]: enabled }), caller);
      return { enabled, ...(enabled && notInForce(BLOCK_UNPRICED)) };
    },
    async addAllowedIp({ ip }, caller) {
      await write("general_settings", (stored) => ({ ...stored, allowed_ips: [...new Set([...allowedIn(stored), ip])] }), caller);
      return { message: `IP ${ip} address added successfully`, status: "success" };
    },
    async deleteAllowedIp({ ip }, caller) {
      await write(
        "general_settings",
        (stored) => {
          const before = allowedIn(stored);
          if (!before.includes(ip)) throw new GatewayError("not_found", `The address ${ip} is not in the list.`, { param: "ip" });
          return { ...stored, allowed_ips: before.filter((each) => each !== ip) };
        },
        caller,
      );
      return { message: `IP ${ip} deleted successfully`, status: "success" };
    },
    allowedIps: async () => ({ data: [...(settings.allowedIps ?? [])] }),
    teamDefaults: async () => ({ values: mapOf(litellm("default_team_params")) ?? {}, field_schema: {} }),
    setTeamDefaults: (given, caller) => setDefaults("default_team_params", given, caller),
    userDefaults: async () => ({ values: mapOf(litellm("default_internal_user_params")) ?? {}, field_schema: {} }),
    setUserDefaults: (given, caller) => setDefaults("default_internal_user_params", given, caller),
  };

  function allowedIn(stored: Fields): string[] {
    return listOf(stored["allowed_ips"] ?? settings.current.general_settings["allowed_ips"]);
  }
}

const BLOCK_UNPRICED = "block_requests_for_models_without_pricing";
