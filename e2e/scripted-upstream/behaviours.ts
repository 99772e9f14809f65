import { type Plan, readPlan, withoutFaults } from "./plan.ts";

/** What models do now: as their names say, or as a test told them at run time. */
export interface Behaviours {
  /** From now on a model behaves as this name says; `fN` in it counts from now. */
  set(model: string, planName: string): void;
  /** Back to what its name says. */
  clear(model: string): void;
  /** A call arrives: its plan, without the faults when those are over. */
  planFor(model: string): Plan;
}

interface Behaviour {
  readonly planName: string;
  calls: number;
}

/** Behaviours with nothing set. */
export function createBehaviours(callsOf: (model: string) => number): Behaviours {
  const told = new Map<string, Behaviour>();
  return {
    set: (model, planName) => void told.set(model, { planName, calls: 0 }),
    clear: (model) => void told.delete(model),
    planFor: (model) => {
      const behaviour = told.get(model);
      if (behaviour !== undefined) behaviour.calls += 1;
      const plan = readPlan(behaviour?.planName ?? model);
      const calls = behaviour?.calls ?? callsOf(model);
      return calls > plan.faultyCalls ? withoutFaults(plan) : plan;
    },
  };
}
