/** Exits with 0 when the gateway of this container is alive. */

const { PORT = "4000", SERVER_ROOT_PATH = "", SSL_CERTFILE_PATH = "" } = process.env;
// The certificate is made for the name that clients use, not for this address.
if (SSL_CERTFILE_PATH !== "") process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const root = SERVER_ROOT_PATH.replace(/^\/*|\/*$/g, "");
const address = `${SSL_CERTFILE_PATH === "" ? "http" : "https"}://127.0.0.1:${PORT}/${root === "" ? "" : `${root}/`}health/liveliness`;
const alive = await fetch(address).then(
  (reply) => reply.ok,
  () => false,
);
process.exit(alive ? 0 : 1);
