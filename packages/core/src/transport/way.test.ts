import { afterEach, describe, expect, it } from "vitest";
import type { GatewayError } from "../errors.ts";
import { createTransport } from "./pool.ts";
import { connectionFree, get, type Local, type ProxyLog, pem, serve, serveProxy, serveSecure, textOf } from "./test-servers.ts";
import type { Network } from "./transport.ts";

const transport = createTransport();
const servers: Local[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
async function started<Kind extends Local>(server: Promise<Kind>): Promise<Kind> {
  servers.push(await server);
  return server;
}
const configured = (network: Omit<Network, "reach">): { network: Network } => ({ network: { reach: "configured", ...network } });
const secure = (name: "self-signed" | "other-host" = "self-signed"): Promise<Local> =>
  started(serveSecure(pem(name), (_, response) => void response.end("secret")));
const failure = (origin: string, network: Omit<Network, "reach"> = {}): Promise<GatewayError> =>
  textOf(get(transport, origin, configured(network))).then(
    () => {
      throw new Error("no failure");
    },
    (error) => error,
  );

describe("TLS", () => {
  it("refuses a self-signed certificate, says so and names both ways out", async () => {
    const server = await secure();
    const error = await failure(server.origin);
    expect(error.kind).toBe("tls");
    expect(error.message).toContain(`${server.origin} is not trusted: its certificate is self-signed`);
    expect(error.message).toContain("ssl_verify: false");
    expect(error.message).toContain("ssl_verify: /path/ca.pem");
  });
  it("takes any certificate when the check is off", async () => {
    for (const name of ["self-signed", "other-host"] as const) {
      expect(await textOf(get(transport, (await secure(name)).origin, configured({ verify: false })))).toBe("secret");
    }
  });
  it("takes a certificate whose CA was named", async () => {
    expect(await textOf(get(transport, (await secure()).origin, configured({ ca: [pem("self-signed").cert] })))).toBe("secret");
  });
  it("finds the way by name", async () => {
    const { port } = await secure();
    expect(await textOf(get(transport, `https://localhost:${port}`, configured({ ca: [pem("self-signed").cert] })))).toBe("secret");
  });
  it("refuses a certificate for another host", async () => {
    const error = await failure((await secure("other-host")).origin, { ca: [pem("other-host").cert] });
    expect(error.kind).toBe("tls");
    expect(error.message).toContain("made for another host name");
  });
  it("says that a plain server speaks no TLS", async () => {
    const server = await started(serve((_, response) => void response.end()));
    const error = await failure(server.origin.replace("http:", "https:"));
    expect(error.kind).toBe("tls");
    expect(error.message).toContain("http://");
  });
  it("shows a client certificate", async () => {
    const { cert, key } = pem("other-host");
    const own = pem("self-signed");
    const options = { ...own, ca: [cert], requestCert: true, rejectUnauthorized: true };
    const server = await started(serveSecure(options, (_, response) => void response.end("known")));
    expect(await textOf(get(transport, server.origin, configured({ ca: [own.cert], cert, key })))).toBe("known");
    expect((await failure(server.origin, { verify: false })).kind).toBe("connection");
  });
  it("says that a certificate of the config is none", async () => {
    const error = await failure((await secure()).origin, { cert: "-----BEGIN CERTIFICATE-----\n", key: "x" });
    expect(error.kind).toBe("tls");
    expect(error.message).toContain("ssl_certificate");
  });
});

describe("proxies", () => {
  const token = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
  const withUser = (proxy: Local, password = "p%40ss"): string => proxy.origin.replace("//", `//me:${password}@`);
  const first = (log: readonly ProxyLog[]): ProxyLog | undefined => log[0];

  it("tunnel https, with credentials, checked end to end", async () => {
    const server = await secure();
    const proxy = await started(serveProxy({ password: "p@ss" }));
    const { host } = new URL(server.origin);
    expect(await textOf(get(transport, server.origin, configured({ proxy: withUser(proxy), verify: false })))).toBe("secret");
    expect(first(proxy.log)).toEqual({ method: "CONNECT", url: host, authorization: token });
    expect((await failure(server.origin, { proxy: withUser(proxy) })).kind).toBe("tls");
  });
  it("keep a tunnel for the next request", async () => {
    const server = await secure();
    const proxy = await started(serveProxy());
    const network = configured({ proxy: proxy.origin, ca: [pem("self-signed").cert] });
    await textOf(get(transport, server.origin, network));
    await connectionFree();
    await textOf(get(transport, server.origin, network));
    expect(proxy.log).toHaveLength(1);
  });
  it("are asked for whole addresses over http", async () => {
    const proxy = await started(serveProxy({ password: "p@ss" }));
    const network = configured({ proxy: withUser(proxy) });
    expect(await textOf(get(transport, "http://models.invalid:81", { path: "/v1?a=b", ...network }))).toBe(
      "by proxy for models.invalid:81",
    );
    expect(first(proxy.log)).toEqual({ method: "GET", url: "http://models.invalid:81/v1?a=b", authorization: token });
  });
  it("that refuse our credentials are told apart from the provider, and no password is shown", async () => {
    const proxy = await started(serveProxy({ password: "other" }));
    for (const origin of ["http://models.invalid", "https://models.invalid"]) {
      const error = await failure(origin, { proxy: withUser(proxy) });
      expect(error.kind).toBe("connection");
      expect(error.message).toContain(`${origin} through the proxy ${proxy.origin} wants other credentials (407)`);
    }
  });
  it("that are away are named", async () => {
    const proxy = await serveProxy();
    await proxy.close();
    for (const origin of ["http://models.invalid", "https://models.invalid"]) {
      const error = await failure(origin, { proxy: withUser(proxy) });
      expect(error.message).toContain(`${origin} through the proxy ${proxy.origin} refused the connection`);
      expect(error.message).not.toContain("p%40ss");
    }
  });
  it("do not lead to written-out addresses that are blocked", async () => {
    const proxy = await started(serveProxy());
    const network: Network = { reach: "public", proxy: proxy.origin };
    await expect(get(transport, "http://10.0.0.1", { network })).rejects.toMatchObject({ kind: "blocked_address" });
    expect(proxy.log).toEqual([]);
  });
});
