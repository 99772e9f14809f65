import { execFileSync } from "node:child_process";

/** Commit of the checkout the program runs from, or `unknown` outside one: evaluation runs store what they measured. */
export function programCommit(): string {
  try {
    const commit = execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      timeout: 3_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return commit.toString().trim();
  } catch {
    return "unknown";
  }
}
