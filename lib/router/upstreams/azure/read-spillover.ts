import type { IncomingHttpHeaders } from "node:http";

/** Whether Azure served a call from the standard deployment behind a full provisioned one. */
export interface Spillover {
  /** True when the provisioned deployment did not serve it: this call is paid by the token. */
  readonly isSpilled: boolean;
  /** The provisioned deployment that was asked; undefined when Azure did not say. */
  readonly fromDeployment: string | undefined;
}

/** Deployment names as Azure allows them: whatever else stands there goes into no header, row or trace. */
const DEPLOYMENT_NAME = /^[\w.-]{1,64}$/;

const NOT_SPILLED: Spillover = { isSpilled: false, fromDeployment: undefined };

/**
 * Reads the spillover headers of an answer (learn.microsoft.com, "Manage traffic with spillover for provisioned
 * deployments"). `x-ms-is-spilled-over` is the flag; the name of the provisioned deployment comes with spilled calls
 * only, so that it is enough by itself.
 */
export function readSpillover(headers: IncomingHttpHeaders): Spillover {
  const from = headers["x-ms-spillover-from-deployment"];
  const flag = headers["x-ms-is-spilled-over"];
  if (from === undefined && flag === undefined) return NOT_SPILLED;
  const fromDeployment = typeof from === "string" && DEPLOYMENT_NAME.test(from) ? from : undefined;
  const isSpilled =
    flag === undefined ? fromDeployment !== undefined : String(flag).trim().toLowerCase() === "true";
  return isSpilled ? { isSpilled, fromDeployment } : NOT_SPILLED;
}

/** The same for our own client: `x-vouch-spillover` names the deployment, or says `true` when Azure did not name it. */
export function spilloverHeader({ isSpilled, fromDeployment }: Spillover): Record<string, string> {
  return isSpilled ? { "x-vouch-spillover": fromDeployment ?? "true" } : {};
}
