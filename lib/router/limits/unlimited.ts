import type { Limiter, Reservation } from "./limiter.ts";

const nothing: Reservation = { headers: {}, settle: () => {}, release: () => {} };

/** Admits everything; for routers that serve one command on one machine. */
export const unlimited: Limiter = {
  reserve: () => nothing,
  stats: () => ({ reservations: 0, leases: 0, isAlone: false }),
  close: async () => {},
};
