import type { Principal, Role, Scope } from "./schema.ts";

const RANK: Readonly<Record<Role, number>> = { member: 0, editor: 1, admin: 2 };

/** True when the role includes the other one. */
export function hasRole(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** The weaker of two roles. */
export function lowerRole(a: Role, b: Role): Role {
  return RANK[a] <= RANK[b] ? a : b;
}

/**
 * True when the principal may use something of that scope. Sessions may; keys need the scope or `*`. What names no
 * scope is closed to keys without `*`, so that a new route is not open to narrow keys by accident.
 */
export function hasScope(principal: Principal, scope: Scope | "any" | undefined): boolean {
  if (principal.via === "session" || scope === "any" || principal.scopes.includes("*")) return true;
  return scope !== undefined && principal.scopes.includes(scope);
}
