import {
  apiKeyListSchema,
  changePasswordSchema,
  createApiKeySchema,
  createdApiKeySchema,
  principalSchema,
  updateProfileSchema,
} from "../../identity/schema.ts";
import type { ManifestRoute } from "./manifest-route.ts";

/** Routes of this part of the program. */
export const identityRoutes: readonly ManifestRoute[] = [
  {
    method: "GET",
    path: "/api/profile",
    auth: "member",
    summary: "Who the caller is.",
    response: principalSchema,
  },
  {
    method: "PATCH",
    path: "/api/profile",
    auth: "member",
    summary: "Changes the caller's name.",
    body: updateProfileSchema,
    response: principalSchema,
  },
  {
    method: "POST",
    path: "/api/profile/password",
    auth: "member",
    summary: "Changes the caller's password and ends all sessions.",
    body: changePasswordSchema,
  },
  {
    method: "POST",
    path: "/api/profile/sign-out-everywhere",
    auth: "member",
    summary: "Ends all sessions of the caller.",
  },
  {
    method: "GET",
    path: "/api/api-keys",
    auth: "member",
    summary: "The caller's API keys, without the keys themselves.",
    response: apiKeyListSchema,
  },
  {
    method: "POST",
    path: "/api/api-keys",
    auth: "member",
    summary: "Makes an API key. It is shown this once.",
    body: createApiKeySchema,
    response: createdApiKeySchema,
    status: 201,
  },
  { method: "DELETE", path: "/api/api-keys/{id}", auth: "member", summary: "Revokes an API key at once." },
];
