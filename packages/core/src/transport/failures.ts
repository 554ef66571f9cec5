/** What went wrong below HTTP, told so that the reader knows what to check. */

import { type ErrorKind, GatewayError } from "../errors.ts";

const WAYS_OUT =
  "Name its CA with ssl_verify: /path/ca.pem (or the environment variable SSL_CERT_FILE), or switch the check off with ssl_verify: false where the network is trusted.";

const certificateFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain ends in a self-signed certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate was issued by an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate was issued by an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate was issued by an authority that is not trusted here",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; is this machine's clock right?",
  CERT_REVOKED: "its certificate was revoked",
  CERT_UNTRUSTED: "its certificate is not trusted",
  CERT_REJECTED: "its certificate was rejected",
  INVALID_CA: "a certificate of its chain must not issue others",
  INVALID_PURPOSE: "its certificate was not made for servers",
  HOSTNAME_MISMATCH: "its certificate was made for another host name",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate was made for another host name",
};

const networkFaults: Readonly<Record<string, readonly [what: string, check: string]>> = {
  ECONNREFUSED: ["refused the connection", "Check that the server runs and that host and port of api_base are right."],
  ENOTFOUND: ["cannot be found: its host name does not resolve", "Check the spelling of api_base and this machine's DNS."],
  EAI_AGAIN: ["cannot be found: name resolution failed for now", "Check this machine's DNS."],
  ECONNRESET: [
    "closed the connection before it had answered",
    "Try again; if it happens often, check the server's log and what stands between.",
  ],
  EPIPE: ["closed the connection while the request was being sent", "Check the server's log; the request may be too large for it."],
  EHOSTUNREACH: ["cannot be reached: there is no route to it", "Check the network and the address in api_base."],
  ENETUNREACH: ["cannot be reached: there is no route to its network", "Check the network and the address in api_base."],
  EADDRNOTAVAIL: ["cannot be reached: this machine has no free local port", "Lower the number of parallel calls."],
  EMFILE: ["cannot be reached: this process has too many open files", "Raise the limit of open files (ulimit -n)."],
};

/** `place` is an origin, perhaps with the proxy before it; never with credentials or a query. */
export function failureOf(cause: unknown, place: string): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const code = codeOf(cause);
  const fail = (kind: ErrorKind, text: string): GatewayError => new GatewayError(kind, text, { cause });

  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT" || code === "UND_ERR_HEADERS_TIMEOUT") {
    return fail("timeout", `Connecting to ${place} took too long. Check the address in api_base and whether a firewall stands between.`);
  }
  const certificate = certificateFaults[code];
  if (certificate) return fail("tls", `${place} is not trusted: ${certificate} (${code}). ${WAYS_OUT}`);
  if (isTls(code)) return fail("tls", handshakeText(code, place));
  const network = networkFaults[code];
  if (network) return fail("connection", `${place} ${network[0]} (${code}). ${network[1]}`);
  return otherFailure(cause, code, place);
}

function otherFailure(cause: unknown, code: string, place: string): GatewayError {
  const fail = (kind: ErrorKind, text: string): GatewayError => new GatewayError(kind, text, { cause });
  const text = cause instanceof Error ? cause.message : "";

  const refused = /Proxy response \((\d+)\)/.exec(text)?.[1];
  if (refused) return proxyRefusal(Number(refused), place, cause);
  if (text.includes("before secure TLS connection")) {
    return fail("connection", `${place} closed the connection during the TLS handshake. Check that it speaks TLS at this port.`);
  }
  if (code === "UND_ERR_SOCKET" || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" || code === "UND_ERR_INFO") {
    return fail(
      "connection",
      `${place} closed the connection before its answer was complete. Try again; if it happens often, check the server.`,
    );
  }
  if (code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW" || (cause instanceof Error && cause.name === "HTTPParserError")) {
    return fail(
      "bad_reply",
      `${place} answered with something that is not proper HTTP. Check the port and whether http:// or https:// is right.`,
    );
  }
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") {
    return fail("shutting_down", "The gateway is shutting down and sends no more requests.");
  }
  if (code === "UND_ERR_INVALID_ARG") {
    return fail(
      "connection",
      `The request to ${place} cannot be sent: ${text}. Check api_key and extra_headers for line breaks and odd characters.`,
    );
  }
  return fail("connection", `The connection to ${place} failed${code ? ` (${code})` : ""}. Check the network and the address in api_base.`);
}

/** A body beyond what its reader takes. */
export function tooLarge(limit: number): GatewayError {
  return new GatewayError(
    "bad_reply",
    `The provider's answer is larger than ${limit} bytes, the most that is read. Ask for a shorter one.`,
  );
}

/** The proxy answered, but not with the server's answer. */
export function proxyRefusal(status: number, place: string, cause?: unknown): GatewayError {
  const what = status === 407 ? "wants other credentials (407)" : `refused to connect (${status})`;
  const check =
    status === 407 ? "Check user and password in the proxy's address." : "Check the proxy's rules, or name the host in NO_PROXY.";
  return new GatewayError("connection", `The proxy before ${place} ${what}. ${check}`, { cause });
}

function isTls(code: string): boolean {
  return /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_)/.test(code);
}

function handshakeText(code: string, place: string): string {
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE|HANDSHAKE_FAILURE|UNKNOWN_CA|CERTIFICATE_UNKNOWN/.test(code)) {
    return `${place} refused the TLS handshake (${code}). If it asks for a client certificate, name one with ssl_certificate. Otherwise: ${WAYS_OUT}`;
  }
  if (/WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST|UNKNOWN_PROTOCOL|EPROTO/.test(code)) {
    return `${place} does not speak TLS at this port (${code}). If it is a plain HTTP server, write http:// in api_base. Otherwise: ${WAYS_OUT}`;
  }
  return `The TLS connection to ${place} failed (${code}). Check the certificates in ssl_verify and ssl_certificate. ${WAYS_OUT}`;
}

/** Several addresses of a host that all failed come as one error with many causes. */
function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  if (cause instanceof AggregateError) return codeOf(cause.errors[0]);
  return "";
}
