/** Tokens of an identity provider as keys: verified by its published keys, then turned into a principal. */

import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from "jose";
import { type Clock, GatewayError } from "tollgate/parts";
import type { CompileContext } from "./compile-principal.ts";
import { compilePerson } from "./compile-principal.ts";
import { type Claims, type Identity, identityOf, type JwtSettings } from "./jwt-claims.ts";
import { sha256 } from "./key-of.ts";
import { LateLru } from "./late-lru.ts";
import type { People } from "./people.ts";
import type { Principal, Role } from "./principal.ts";

export interface JwtOptions {
  /** `JWT_PUBLIC_KEY_URL`: where the provider publishes its keys. */
  readonly keyUrls: readonly string[];
  /** Keys that are known already; instead of the addresses. */
  readonly keys?: JSONWebKeySet;
  readonly audience?: string;
  readonly issuer?: string;
  readonly settings: JwtSettings;
  readonly people: People;
  readonly clock: Clock;
  readonly context: () => CompileContext | Promise<CompileContext>;
  /** Makes the user or the team that a token names (`user_id_upsert`, `team_id_upsert`). */
  readonly upsert?: (identity: Identity) => Promise<void>;
}

export type JwtAuth = (token: string) => Promise<Principal> | undefined;

/** Only what a public key signs: with a shared secret the public key itself could forge tokens. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const KEPT_MS = 60_000;

export function createJwtAuth(options: JwtOptions): JwtAuth {
  const ttl = Number(options.settings["public_key_ttl"] ?? 600) * 1000;
  const sets = options.keys
    ? [createLocalJWKSet(options.keys)]
    : options.keyUrls.map((url) => createRemoteJWKSet(new URL(url), { cacheMaxAge: ttl, timeoutDuration: 5_000 }));
  // The whole token is the name: two tokens never share an entry.
  const known = new LateLru<{ readonly principal: Principal; readonly until: number }>(10_000);
  return (token) => {
    if (token.split(".").length !== 3) return undefined;
    const name = sha256(token);
    const entry = known.get(name);
    if (entry && options.clock.now() < entry.until) return Promise.resolve(entry.principal);
    return verified(token, sets, options).then(async (claims) => {
      const principal = await principalOf(claims, options);
      const expires = typeof claims["exp"] === "number" ? claims["exp"] * 1000 : Number.POSITIVE_INFINITY;
      known.set(name, { principal, until: Math.min(options.clock.now() + KEPT_MS, expires) });
      return principal;
    });
  };
}

async function verified(token: string, sets: readonly JWTVerifyGetKey[], { audience, issuer, clock }: JwtOptions): Promise<Claims> {
  let last: unknown;
  for (const keys of sets) {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms,
        audience,
        issuer,
        currentDate: new Date(clock.now()),
        clockTolerance: 5,
      });
      return payload;
    } catch (thrown) {
      last = thrown;
      if (!(thrown instanceof errors.JWKSNoMatchingKey)) break;
    }
  }
  if (last instanceof errors.JWTExpired)
    throw new GatewayError("expired_key", "Authentication Error - the token has expired. Sign in again.");
  if (last instanceof errors.JOSEError && !(last instanceof errors.JWKSTimeout))
    throw new GatewayError("wrong_key", "Authentication Error, the token is not valid here: signature, issuer, audience or form is wrong.");
  throw new GatewayError("unavailable", "The identity provider's keys cannot be fetched (JWT_PUBLIC_KEY_URL). Try again.", { cause: last });
}

async function principalOf(claims: Claims, options: JwtOptions): Promise<Principal> {
  const { settings, people } = options;
  const identity = identityOf(claims, settings);
  const domain = settings["user_allowed_email_domain"];
  if (typeof domain === "string" && !identity.email?.endsWith(`@${domain}`))
    throw new GatewayError("forbidden", `Only people of ${domain} may come in (user_allowed_email_domain).`);
  await options.upsert?.(identity);
  const context = await options.context();
  const found = await knownPerson(identity, people);
  if (!found && !identity.isAdmin)
    throw new GatewayError(
      "forbidden",
      "The token is valid, but neither its user nor its team is known here. An administrator can add them, or set user_id_upsert.",
    );
  if (found?.team?.blocked)
    throw new GatewayError("blocked_key", `The team ${found.team.name} is blocked. An administrator can unblock it with /team/unblock.`);
  const person = compilePerson(found ?? { memberships: [], organizations: [] }, identity.userId ?? "token", context);
  const role = identity.isAdmin ? "proxy_admin" : ((identity.role as Role | undefined) ?? person.role);
  return {
    ...person,
    kind: "jwt",
    role,
    userId: identity.userId ?? person.userId,
    userEmail: identity.email ?? person.userEmail,
    organizationId: identity.organizationId ?? person.organizationId,
    models: identity.models ? [...person.models, { level: "key", name: "token", allowed: identity.models }] : person.models,
    allowedRoutes: routesOf(identity, settings),
  };
}

/** The first of the token's teams that is known. */
async function knownPerson({ userId = "", teamIds }: Identity, people: People) {
  for (const team of teamIds) {
    const found = await people.user(userId, team);
    if (found?.team) return found;
  }
  return userId === "" ? undefined : people.user(userId);
}

function routesOf({ isAdmin, teamIds }: Identity, settings: JwtSettings): readonly string[] | undefined {
  const list = (name: string, otherwise: readonly string[] | undefined): readonly string[] | undefined =>
    Array.isArray(settings[name]) ? (settings[name] as string[]) : otherwise;
  if (isAdmin) return list("admin_allowed_routes", undefined);
  return teamIds.length > 0 ? list("team_allowed_routes", undefined) : list("user_allowed_routes", undefined);
}
