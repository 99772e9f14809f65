import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopProcess } from "../bench-process.ts";
import { freePort, untilListening } from "./free-port.ts";
import { CHAT_PATH, type MissingTarget, type RunningTarget, type Target } from "./target.ts";

const PROGRAM = "/usr/sbin/nginx";
const INSTALL_TIMEOUT_MS = 300_000;

/** Debian's nginx; installed when it is absent and we may. */
export function nginxTarget(): Target | MissingTarget {
  const missing = existsSync(PROGRAM) ? undefined : install();
  if (missing !== undefined) return { name: "nginx", missing };
  return { name: "nginx", start };
}

/** Returns why it could not be installed. */
function install(): string | undefined {
  if (process.getuid?.() !== 0)
    return `${PROGRAM} is absent and only root may install it (apt-get install nginx-light)`;
  try {
    const command = ["install", "-y", "-qq", "--no-install-recommends", "nginx-light"];
    execFileSync("apt-get", command, { stdio: "ignore", timeout: INSTALL_TIMEOUT_MS });
    return undefined;
  } catch {
    return `${PROGRAM} is absent and apt-get install nginx-light failed`;
  }
}

/** One worker, nothing buffered, connections to the upstream kept. */
function configuration(port: number, upstreamPort: number, folder: string): string {
  return `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  upstream mock { server 127.0.0.1:${upstreamPort}; keepalive 4096; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}
`;
}

async function start(upstreamPort: number): Promise<RunningTarget> {
  const folder = mkdtempSync(join(tmpdir(), "vouch-bench-nginx-"));
  const port = await freePort();
  writeFileSync(join(folder, "nginx.conf"), configuration(port, upstreamPort, folder));
  const master = spawn(PROGRAM, ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilListening(port, 10_000);
  const masterPid = master.pid ?? 0;
  return {
    address: { port, path: CHAT_PATH, headers: {} },
    pids: [masterPid, ...childrenOf(masterPid)],
    stop: async () => {
      const hasEnded = await stopProcess(master);
      rmSync(folder, { recursive: true, force: true });
      return hasEnded;
    },
  };
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return Number(fields[1]) === parent;
    } catch {
      // It ended while we looked.
      return false;
    }
  });
}
