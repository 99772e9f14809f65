export { parseAllowList } from "./allow-list.ts";
export {
  fetchOutbound,
  makeOutboundDeps,
  type OutboundDeps,
  type OutboundResponse,
  ROBOT_NAME,
  readContent,
} from "./fetch-outbound.ts";
export { checkUrl, environmentRules, type OutboundRules } from "./outbound-rules.ts";
