/** Credentials, one per distinct account, connected when first used and shared by the deployments that use it. */

import type { Credential, Provider, Settings } from "../providers/provider.ts";
import { isCredentialKey } from "./deployment-keys.ts";
import { Lru } from "./lru.ts";
import { canonical } from "./row-id.ts";

type Connect = Parameters<Provider["auth"]["connect"]>[1];

export interface Credentials {
  of(provider: Provider, settings: Settings): () => Credential;
}

const MOST = 1_000;

export function createCredentials(connect: Connect): Credentials {
  const known = new Lru<string, () => Credential>(MOST);
  return {
    of(provider, settings) {
      const key = accountOf(provider, settings);
      const shared = known.get(key) ?? connectOnce(provider, settings, connect);
      known.set(key, shared);
      return shared;
    },
  };
}

/** An error is not kept: the next call may find the file, the variable or the network in place. */
export function connectOnce(provider: Provider, settings: Settings, connect: Connect): () => Credential {
  let credential: Credential | undefined;
  return () => {
    credential ??= provider.auth.connect(settings, connect);
    return credential;
  };
}

function accountOf(provider: Provider, settings: Settings): string {
  const own = Object.entries(settings).filter(([name]) => isCredentialKey(name) || Object.hasOwn(provider.settingsEnv ?? {}, name));
  return `${provider.name} ${provider.auth.account?.(settings) ?? ""} ${canonical(Object.fromEntries(own))}`;
}
