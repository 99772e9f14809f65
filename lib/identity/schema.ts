import { z } from "zod";
import { idSchema } from "../shared/ids.ts";

/** What a person may do in an organisation; each role includes the ones before it. */
export const roleSchema = z.enum(["member", "editor", "admin"]);
export type Role = z.infer<typeof roleSchema>;

/** Who is asking: loaded once per request from the session cookie or the API key, never from the body. */
export const principalSchema = z.strictObject({
  orgId: idSchema,
  userId: idSchema,
  name: z.string(),
  email: z.string().nullable(),
  role: roleSchema,
  isGuest: z.boolean(),
  via: z.enum(["session", "key"]),
  /** Empty for sessions: a session has the full rights of its role. */
  scopes: z.array(z.string()),
  /** The key that was presented; absent for sessions. */
  apiKeyId: idSchema.optional(),
});
export type Principal = z.infer<typeof principalSchema>;

/** What an API key may be used for; `*` is everything its role may do. */
export const scopeSchema = z.enum(["*", "chat", "search", "documents", "models", "admin"]);
export type Scope = z.infer<typeof scopeSchema>;

/** One line of text a person may choose: no control characters, so it cannot split a header or a log line. */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "must be one line of text");

/** Long rather than complicated (NIST SP 800-63B); the upper bound keeps hashing cheap. */
export const passwordSchema = z.string().min(10, "must have at least 10 characters").max(200);

export const apiKeySchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  /** The first characters, to recognise the key. */
  prefix: z.string(),
  role: roleSchema,
  scopes: z.array(z.string()),
  ownerId: idSchema,
  ownerName: z.string(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** The answer to making a key: the only time the key itself is shown. */
export const createdApiKeySchema = apiKeySchema.extend({ key: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;

export const createApiKeySchema = z.strictObject({
  name: displayNameSchema,
  /** The caller's own role when absent; never above it. */
  role: roleSchema.optional(),
  /** Everything the caller may hand on when absent. */
  scopes: z.array(scopeSchema).min(1).max(6).optional(),
  /** Days until the key ends; null means never and is for administrators only. */
  expiresInDays: z.int().min(1).max(3650).nullable().optional(),
  /** The owner; only one's own id is accepted. */
  userId: idSchema.optional(),
});
export type CreateApiKey = z.infer<typeof createApiKeySchema>;

export const apiKeyListSchema = z.strictObject({ apiKeys: z.array(apiKeySchema) });

/** All a person may change about themselves here; role, organisation and address are not theirs to set. */
export const updateProfileSchema = z.strictObject({ name: displayNameSchema });
export type UpdateProfile = z.infer<typeof updateProfileSchema>;

export const changePasswordSchema = z.strictObject({
  currentPassword: z.string().min(1).max(200),
  newPassword: passwordSchema,
});

export const userSummarySchema = z.strictObject({
  id: idSchema,
  email: z.string().nullable(),
  name: z.string(),
  role: roleSchema,
  isGuest: z.boolean(),
  disabledAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type UserSummary = z.infer<typeof userSummarySchema>;
