import type { Principal } from "@/lib/identity/schema.ts";

/** The part of the signed-in person that the browser needs. */
export type Viewer = Pick<Principal, "name" | "email" | "role" | "isGuest">;
