import { AppError } from "../../shared/errors.ts";
import type { FileIdentity } from "./place-file.ts";

const MAX_LENGTH = 1_800;

/**
 * What a file of a folder is known by: its absolute path, with forward slashes, as a `file:` address.
 *
 * @throws AppError `invalid_request` for anything but an absolute path in its plain form.
 */
export function folderIdentity(path: string): FileIdentity {
  const parts = path.split("/");
  const isPlain =
    path.startsWith("/") && !parts.slice(1).some((part) => part === "" || part === "." || part === "..");
  if (!isPlain || path.length > MAX_LENGTH || /\p{Cc}/u.test(path)) {
    throw new AppError("invalid_request", { message: "path: give the absolute path of the file." });
  }
  return { sourceKind: "folder", sourceUri: folderUri(path) };
}

/** A path as a `file:` address. */
export function folderUri(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The path of a `file:` address; null for any other. */
export function pathOfUri(uri: string | null): string | null {
  if (uri === null || !uri.startsWith("file:///")) return null;
  return uri.slice("file://".length).split("/").map(decodeURIComponent).join("/");
}
