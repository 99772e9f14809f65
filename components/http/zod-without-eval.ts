import { z } from "zod";

// zod compiles its parsers with `new Function` where it can, and finds out by trying. Our page policy forbids it, and
// the browser writes an error to the console at the attempt. On the server nothing changes.
if (typeof window !== "undefined") z.config({ jitless: true });
