import { handle, signOutEverywhere } from "@/lib/identity/index.ts";

export const POST = handle({ auth: "member" }, ({ principal }) =>
  signOutEverywhere(principal, principal.userId),
);
