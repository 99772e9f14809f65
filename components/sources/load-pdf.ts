import type { PDFDocumentProxy } from "pdfjs-dist";

/** Where the build puts pdf.js's worker, fonts and character maps. */
const ASSETS = "/pdfjs";

/**
 * Opens a PDF of ours with pdf.js, which is fetched only now. Scripts, forms and outside resources of the document
 * are not run or loaded: only pages are drawn.
 */
export async function loadPdf(
  { documentId, versionId }: { readonly documentId: string; readonly versionId: string },
  signal: AbortSignal,
): Promise<PDFDocumentProxy> {
  const pdfjs = await import("pdfjs-dist");
  pdfjs.GlobalWorkerOptions.workerSrc = `${ASSETS}/pdf.worker.min.mjs`;
  const task = pdfjs.getDocument({
    url: `/api/documents/${documentId}/content?version=${versionId}`,
    cMapUrl: `${ASSETS}/cmaps/`,
    standardFontDataUrl: `${ASSETS}/standard_fonts/`,
    wasmUrl: `${ASSETS}/wasm/`,
    iccUrl: `${ASSETS}/iccs/`,
    // The page policy forbids compiling WebAssembly; the script versions of the same decoders are used instead.
    useWasm: false,
    enableXfa: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  const stop = () => void task.destroy();
  signal.addEventListener("abort", stop, { once: true });
  return task.promise;
}
