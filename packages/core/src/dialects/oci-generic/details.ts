/** What stands around every request to Oracle: whose account, which model, shared or dedicated. */

import type { Settings } from "../dialect.ts";

export function ociDetails(model: string, settings: Settings): Record<string, unknown> {
  const dedicated = String(settings["oci_serving_mode"] ?? "").toUpperCase() === "DEDICATED";
  return {
    ...(typeof settings["oci_compartment_id"] === "string" && { compartmentId: settings["oci_compartment_id"] }),
    servingMode: dedicated
      ? { servingType: "DEDICATED", endpointId: settings["oci_endpoint_id"] ?? model }
      : { servingType: "ON_DEMAND", modelId: model },
  };
}
