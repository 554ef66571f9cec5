/** Which addresses may be connected to: keeps cloud metadata and private networks out of reach of whoever must not reach them. */

import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { GatewayError } from "../errors.ts";
import type { Reach } from "./transport.ts";

export interface EgressRules {
  /** CIDRs that addresses added by API may lie in though they are not public. */
  readonly allowPrivate?: readonly string[];
  /** True when the gateway itself listens on loopback only. */
  readonly loopbackAllowed?: boolean;
}

/** The rules for one reach. */
export interface Guard {
  /** The refusal of a host that is written as an address; undefined for names, which `lookup` judges. */
  refusal(host: string): GatewayError | undefined;
  /** `dns.lookup` that leaves out what must not be reached; fails with the refusal when nothing is left. */
  readonly lookup: LookupFunction;
}

/** Link-local ranges and the addresses where clouds tell a machine its own credentials. */
const NEVER = [
  ...["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"],
  ...["fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128"],
];

/** What IANA keeps out of the public internet. */
const NOT_PUBLIC = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"],
  ...["192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  ...["::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "fc00::/7", "fec0::/10", "ff00::/8"],
];
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

export function createGuards(rules: EgressRules): (reach: Reach) => Guard {
  const never = listOf(NEVER);
  const notPublic = listOf(NOT_PUBLIC);
  const allowed = listOf([...(rules.allowPrivate ?? []), ...(rules.loopbackAllowed ? LOOPBACK : [])]);

  const mayReach = (address: string, reach: Reach): boolean =>
    [address, ...embedded(address)].every((each) => {
      if (holds(never, each)) return false;
      if (reach === "configured" || !holds(notPublic, each)) return true;
      return reach === "added" && holds(allowed, each);
    });

  const refuse = (host: string, address: string, reach: Reach): GatewayError => {
    const rule = [address, ...embedded(address)].some((each) => holds(never, each)) ? "configured" : reach;
    const what = host === address ? `The address ${address}` : `${host} is at ${address}, which`;
    return new GatewayError("blocked_address", `${what} ${reasons[rule]}.`);
  };

  return (reach) => ({
    refusal: (host) => (isIP(host) === 0 || mayReach(host, reach) ? undefined : refuse(host, host, reach)),
    lookup(host, options, found) {
      resolve(host, { ...options, all: true }, (error, addresses) => {
        if (error) return found(error, []);
        const open = addresses.filter(({ address }) => mayReach(address, reach));
        const first = open[0];
        if (!first) return found(refuse(host, addresses[0]?.address ?? "no address", reach), []);
        if (options.all) return found(null, open);
        return found(null, first.address, first.family);
      });
    },
  });
}

const reasons: Readonly<Record<Reach, string>> = {
  configured:
    "is link-local or belongs to a cloud's metadata service. The gateway never calls those; egress.allow_private does not change that",
  added: "is not public. Add its range to egress.allow_private in the config file, or define the model in the config file",
  public: "is not public. Addresses that come with a request must be public; egress.allow_private does not extend to them",
};

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.trim().split("/");
    const family = isIP(address);
    const prefix = bits === undefined ? (family === 4 ? 32 : 128) : Number(bits);
    if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 4 ? 32 : 128)) {
      throw new GatewayError("internal", `egress.allow_private holds "${range}", which is no address range. Write ranges like 10.0.0.0/8.`);
    }
    list.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}

/** IPv4 addresses that an IPv6 address is only another way to write, or a gateway to. */
function embedded(address: string): string[] {
  if (isIP(address) !== 6) return [];
  const groups = groupsOf(address);
  const starts = (...expected: readonly number[]): boolean => expected.every((group, at) => groups[at] === group);
  const mapped = starts(0, 0, 0, 0, 0, 0xffff) || starts(0, 0, 0, 0, 0, 0) || starts(0, 0, 0, 0, 0xffff, 0);
  if (mapped && !isSmall(groups)) return [fourOf(groups[6], groups[7])];
  if (starts(0x64, 0xff9b, 0, 0, 0, 0)) return [fourOf(groups[6], groups[7])];
  if (starts(0x2002)) return [fourOf(groups[1], groups[2])];
  return [];
}

/** `::` and `::1` are themselves, no IPv4 addresses. */
function isSmall(groups: readonly number[]): boolean {
  return groups.slice(0, 7).every((group) => group === 0) && (groups[7] ?? 0) <= 1;
}

function fourOf(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

/** The eight groups of an IPv6 address; the URL parser knows all its spellings. */
function groupsOf(address: string): number[] {
  const plain = new URL(`http://[${address.split("%")[0]}]/`).hostname.slice(1, -1);
  const [before = "", after] = plain.split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const zeros = new Array<string>(8 - head.length - tail.length).fill("0");
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
