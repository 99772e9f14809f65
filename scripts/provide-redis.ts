import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findRedisServer } from "../e2e/redis-front/start-redis-front.ts";

/**
 * Makes sure that a redis-server is there for the tests of shared limits: Debian's is installed when we may. Without one
 * those tests are left out by name.
 *
 * @returns true when there is one.
 */
export function provideRedisServer(): boolean {
  if (findRedisServer() !== undefined) return true;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  process.stdout.write("No redis-server found: installing Debian's\n");
  const options: SpawnSyncOptions = {
    stdio: ["ignore", "ignore", "inherit"],
    // No service: the tests start their own, without a port.
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    timeout: 300_000,
  };
  spawnSync("apt-get", ["update", "-qq"], options);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "redis-server"], options);
  return findRedisServer() !== undefined;
}
