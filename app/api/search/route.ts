export { searchRoute as POST } from "@/lib/runtime/direct-routes.ts";
