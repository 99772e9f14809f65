/** The administrator that the browser tests create at the first start and sign in as. */
export const ADMINISTRATOR = {
  email: "administrator@example.org",
  password: "a long enough password",
} as const;
