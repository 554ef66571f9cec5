/** Does an address stand in a list of addresses and CIDRs? */

import { BlockList, isIP } from "node:net";

const lists = new Map<string, BlockList>();
const MOST_LISTS = 1_000;

/** Entries that are neither address nor CIDR fit nothing. */
export function addressFits(ip: string, allowed: readonly string[]): boolean {
  const key = allowed.join(",");
  let list = lists.get(key);
  if (!list) {
    list = listOf(allowed);
    if (lists.size > MOST_LISTS) lists.clear();
    lists.set(key, list);
  }
  // An IPv4 client of a socket that takes both shows itself as ::ffff:1.2.3.4.
  const plain = ip.startsWith("::ffff:") && isIP(ip.slice(7)) === 4 ? ip.slice(7) : ip;
  const kind = isIP(plain);
  return kind !== 0 && list.check(plain, kind === 4 ? "ipv4" : "ipv6");
}

function listOf(allowed: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of allowed) {
    const [address = "", prefix] = each.trim().split("/");
    const kind = isIP(address);
    if (kind === 0) continue;
    const family = kind === 4 ? "ipv4" : "ipv6";
    const bits = Number(prefix);
    if (prefix === undefined) list.addAddress(address, family);
    else if (Number.isInteger(bits) && bits >= 0 && bits <= (kind === 4 ? 32 : 128)) list.addSubnet(address, bits, family);
  }
  return list;
}
