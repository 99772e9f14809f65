import { cpSync } from "node:fs";
import type { NextConfig } from "next";
import { PHASE_PRODUCTION_SERVER } from "next/constants.js";

/** What pdf.js loads at run time. Served from our own origin: nothing is fetched from elsewhere. */
const PDFJS_ASSETS = [
  ["build/pdf.worker.min.mjs", "pdf.worker.min.mjs"],
  ["cmaps", "cmaps"],
  ["standard_fonts", "standard_fonts"],
  ["wasm/jbig2_nowasm_fallback.js", "wasm/jbig2_nowasm_fallback.js"],
  ["wasm/openjpeg_nowasm_fallback.js", "wasm/openjpeg_nowasm_fallback.js"],
  ["iccs", "iccs"],
] as const;

function copyPdfjsAssets(): void {
  for (const [from, to] of PDFJS_ASSETS) {
    cpSync(`node_modules/pdfjs-dist/${from}`, `public/pdfjs/${to}`, { recursive: true });
  }
}

const settings: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Compression would hold streamed events back; a proxy in front compresses files if wanted.
  compress: false,
  images: { unoptimized: true },
  // `npm test` runs the compiler by itself, over everything.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    "@electric-sql/pglite",
    "@electric-sql/pglite-pg_textsearch",
    "@electric-sql/pglite-pgvector",
    "busboy",
    "pg-boss",
    "pino",
    "postgres",
    "unpdf",
  ],
};

/** The settings; when building or developing, pdf.js's files are put in place first. A running server writes nothing. */
export default function config(phase: string): NextConfig {
  if (phase !== PHASE_PRODUCTION_SERVER) copyPdfjsAssets();
  return settings;
}
