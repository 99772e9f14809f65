/** `npm run check`: what is worth knowing every few minutes. `npm test` runs it too, with everything else. */
import { checkSteps } from "./check-steps.ts";
import { runSteps } from "./run-steps.ts";

process.exit((await runSteps(checkSteps)) ? 0 : 1);
