/** The bare pipe: what a router costs that does nothing but copy. `pipe.ts UPSTREAM_PORT` */
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent, sendReady } from "./answer-parent.ts";

const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxFreeSockets: 4096 });
const server = createServer((incoming, response) => {
  const { method, url, headers } = incoming;
  const outgoing = request({ host: "127.0.0.1", port, agent, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  outgoing.on("error", () => response.destroy());
  response.on("close", () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  incoming.pipe(outgoing);
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  answerParent({});
  sendReady({ port: (server.address() as AddressInfo).port });
});
