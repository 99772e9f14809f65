import type { Limiter } from "./limiter.ts";
import { UNLIMITED } from "./reservation.ts";

/** Admits everything; for routers that serve one command on one machine. */
export const unlimited: Limiter = {
  reserve: () => UNLIMITED,
  stats: () => ({ reservations: 0, leases: 0, isAlone: false }),
  close: async () => {},
};
