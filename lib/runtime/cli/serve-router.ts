import { createServer } from "node:http";
import { startRouter } from "../../router/index.ts";

/** The router on a loopback port for the time of one command: the pipeline calls it as it does in the program. */
export async function serveRouter(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { router, close } = await startRouter();
  const server = createServer((request, response) => router.handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: async () => {
      await close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
