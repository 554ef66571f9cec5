/** Settings for people to see: whatever may be a secret is gone. */

const secret = /key|secret|token|password|credential|authorization|cookie/i;
/** Names that match above but hold no secret. */
const open = /^(max_|additional_|.*_cost_per_.*|.*tokens?$|litellm_credential_name|default_api_key_)/;

/** A copy without secrets: a value is shown only where its name promises nothing secret; addresses lose query and credentials. */
export function masked(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (isSecret(name) && typeof value !== "number") continue;
    if (typeof value === "string") shown[name] = value.includes("://") ? withoutCredentials(value) : value;
    else if (/headers|extra_body/.test(name)) shown[name] = value !== null && typeof value === "object" ? Object.keys(value) : undefined;
    else if (value !== null && typeof value === "object" && !Array.isArray(value)) shown[name] = masked(value as Record<string, unknown>);
    else shown[name] = value;
  }
  return shown;
}

function isSecret(name: string): boolean {
  if (/token$/i.test(name) && !/_per_token$/.test(name)) return true;
  return secret.test(name) && !open.test(name);
}

function withoutCredentials(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = "";
    parsed.password = "";
    parsed.search = "";
    return parsed.href.replace(/\/$/, url.endsWith("/") ? "/" : "");
  } catch {
    return "";
  }
}
