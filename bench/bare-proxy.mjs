/** The floor: node:http in front of undici's dispatch; looks one key up, parses the body, forwards its bytes. Usage: PORT ORIGIN… */
import { createServer } from "node:http";
import { Pool } from "undici";

const [port, ...origins] = process.argv.slice(2);
const known = new Set(["Bearer sk-bench"]);
const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding"]);

function forward(pool, { url: path, method }, body, response) {
  const headers = { authorization: "Bearer sk-upstream", "content-type": "application/json" };
  pool.dispatch(
    { path, method, headers, body },
    {
      onRequestStart: (controller) => response.once("close", () => response.writableFinished || controller.abort(new Error("client gone"))),
      onResponseStart(_controller, status, fields) {
        for (const name in fields) if (!hopByHop.has(name)) response.setHeader(name, fields[name]);
        response.writeHead(status);
      },
      onResponseData: (_controller, bytes) => response.write(bytes),
      onResponseEnd: () => response.end(),
      onResponseError: () => (response.headersSent ? response.destroy() : response.writeHead(502).end()),
    },
  );
}

for (const [at, origin] of origins.entries()) {
  const pool = new Pool(origin, { connections: 2048 });
  const server = createServer((request, response) => {
    if (!known.has(request.headers.authorization)) return response.writeHead(401).end();
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      JSON.parse(body);
      forward(pool, request, body, response);
    });
  });
  server.listen(Number(port) + at, "127.0.0.1", 4096);
}
