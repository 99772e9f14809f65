import { handleAuthRequest } from "@/lib/identity/index.ts";

export const GET = handleAuthRequest;
export const POST = handleAuthRequest;
