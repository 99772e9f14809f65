import { createConnection } from "node:net";
import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/errors.ts";
import { connectDatabase } from "../db/index.ts";
import { errorResponse, httpError } from "./error-response.ts";

describe("errors as answers", () => {
  it("have status, code and sentence of the table, and the request's id", async () => {
    const response = errorResponse(new AppError("not_found"), "request-1");
    expect(response.status).toBe(404);
    expect(response.headers.get("x-request-id")).toBe("request-1");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      error: { code: "not_found", message: expect.stringContaining("nothing here"), requestId: "request-1" },
    });
  });

  it("say in whole seconds when to come back", () => {
    const error = new AppError("rate_limited", { retryAfterSeconds: 0.2 });
    expect(errorResponse(error, "r").headers.get("retry-after")).toBe("1");
  });

  it("never show what an unknown error says", async () => {
    const body = await errorResponse(httpError(new Error("password is hunter2")), "r").text();
    expect(body).toContain('"internal"');
    expect(body).not.toContain("hunter2");
    expect(body).not.toContain("at ");
  });

  it.each([
    [Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" })],
    [Object.assign(new Error("down"), { code: "57P01" })],
    [Object.assign(new Error("full"), { code: "53300" })],
    [new Error("Failed query", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) })],
  ])("call a database out of reach unavailable (%#)", (error) => {
    expect(httpError(error)).toMatchObject({ code: "unavailable", retryAfterSeconds: 2 });
  });

  it("call a missing file of our own a fault, not an outage", () => {
    const error = Object.assign(new Error("no file"), { code: "ENOENT", syscall: "open" });
    expect(httpError(error).code).toBe("internal");
  });

  it("recognise the real error of a socket that is not there", async () => {
    const error = await new Promise<Error>((resolve) =>
      createConnection("/nonexistent/vouch.sock").once("error", resolve),
    );
    expect(httpError(error).code).toBe("unavailable");
  });

  it("recognise the real error of postgres.js", async () => {
    const database = connectDatabase({ url: "postgres://nobody@127.0.0.1:1/none" });
    const error: unknown = await database.drizzle.execute("select 1").catch((thrown: unknown) => thrown);
    await database.close();
    expect(httpError(error).code).toBe("unavailable");
  });
});
