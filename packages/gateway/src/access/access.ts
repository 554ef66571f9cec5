/** Headers → principal, from memory where the key is known; a key's state, routes and addresses. */

import { type Call, type Clock, GatewayError, type Headers } from "tollgate/parts";
import { addressFits } from "./addresses.ts";
import { createHashes, keyHeaderNames, keyOf, sha256, unknownKey } from "./key-of.ts";
import type { Principal, Subject } from "./principal.ts";
import type { Principals } from "./principals.ts";
import { fitsRoutes, refuseRoute } from "./route-access.ts";

/** What is known of a request before its body. */
export interface Head {
  readonly headers: Headers;
  /** As documented, without query. */
  readonly path: string;
  readonly ip: string;
}

export interface Access {
  /** Throws no_key or wrong_key, which say nothing about what exists; expired_key, blocked_key, forbidden, database_away. */
  who(head: Head): Principal | Promise<Principal>;
  /** The customer and the tags of one call, and their limits. */
  also(who: Principal, call: Call): Belongings | Promise<Belongings>;
}

/** What a call belongs to beside its principal. */
export interface Belongings {
  readonly customerId?: string;
  readonly tags: readonly string[];
  readonly subjects: readonly Subject[];
}

export interface AccessOptions {
  /** Undefined: every call is let in; only `assemble` decides that this may be. */
  readonly masterKey: string | undefined;
  readonly headerName?: string;
  readonly clock: Clock;
  /** Undefined: there are no virtual keys. */
  readonly principals?: Principals;
  readonly belongings?: (who: Principal, call: Call) => Belongings | Promise<Belongings>;
  /** The whole gateway's own limits. */
  readonly global?: readonly Subject[];
  /** Somebody who shows no virtual key: JWT, custom auth. Undefined: not theirs. */
  readonly others?: (key: string, head: Head) => Promise<Principal> | undefined;
  /** `general_settings.allowed_ips`: CIDRs for everybody. */
  readonly allowedIps?: readonly string[];
}

const nothing: Belongings = { tags: [], subjects: [] };

export function createAccess(options: AccessOptions): Access {
  const { masterKey, clock, principals } = options;
  const master: Principal = {
    kind: "master",
    name: "master key",
    role: "proxy_admin",
    userId: "default_user_id",
    models: [],
    tags: [],
    allowClientTags: true,
    subjects: options.global ?? [],
  };
  // Looking a hash up tells nothing about the key by its time.
  const masterHash = masterKey === undefined ? undefined : sha256(masterKey);
  const names = keyHeaderNames(options.headerName);
  const hashOf = createHashes();

  const checked = (principal: Principal, head: Head): Principal => {
    if (principal.expires !== undefined && clock.now() >= principal.expires) throw expired(principal);
    if (principal.allowedIps && principal.allowedIps.length > 0 && !addressFits(head.ip, principal.allowedIps)) throw wrongAddress(head.ip);
    if (principal.allowedRoutes !== undefined && !fitsRoutes(head.path, principal.allowedRoutes)) throw refuseRoute(principal, head.path);
    return principal;
  };

  return {
    who(head) {
      if (options.allowedIps && !addressFits(head.ip, options.allowedIps)) throw wrongAddress(head.ip);
      if (masterHash === undefined) return master;
      const key = keyOf(head.headers, names);
      const hash = hashOf(key);
      if (hash === masterHash) return master;
      const other = options.others?.(key, head);
      if (other) return other.then((principal) => checked(principal, head));
      if (!principals || !key.startsWith("sk-")) throw unknownKey();
      const found = principals.find(hash, head.ip);
      return found instanceof Promise ? found.then((principal) => checked(principal, head)) : checked(found, head);
    },
    also: options.belongings ?? (() => nothing),
  };
}

function expired({ name, expires = 0 }: Principal): GatewayError {
  return new GatewayError(
    "expired_key",
    `Authentication Error - Expired Key. The key ${name} expired at ${new Date(expires).toISOString()}. Ask your administrator for a new one.`,
  );
}

function wrongAddress(ip: string): GatewayError {
  return new GatewayError("forbidden", `Access from the address ${ip} is not allowed (allowed_ips).`, {
    type: "auth_error",
    code: "ip_not_allowed",
  });
}
