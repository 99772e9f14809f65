export {
  fetchOutbound,
  type OutboundDeps,
  type OutboundResponse,
  ROBOT_NAME,
  readContent,
} from "./fetch-outbound.ts";
