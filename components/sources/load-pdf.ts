import type { PDFDocumentProxy } from "pdfjs-dist";

/** Where the build puts pdf.js's worker, fonts and character maps. */
const ASSETS = "/pdfjs";

/** Which file to open. */
export interface PdfAddress {
  readonly documentId: string;
  readonly versionId: string;
  readonly password?: string | undefined;
}

/** The file asks for a password, or for another one than was given. */
export class PdfLocked extends Error {
  readonly isWrong: boolean;

  constructor(isWrong: boolean) {
    super("the file is protected by a password");
    this.name = "PdfLocked";
    this.isWrong = isWrong;
  }
}

/**
 * Opens a PDF of ours with pdf.js, which is fetched only now. Scripts, forms and outside resources of the document
 * are not run or loaded: only pages are drawn. A password is used here and sent nowhere.
 *
 * @throws PdfLocked for a protected file without its password.
 */
export async function loadPdf(
  { documentId, versionId, password }: PdfAddress,
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
    ...(password === undefined ? {} : { password }),
  });
  const stop = () => void task.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await task.promise;
  } catch (error) {
    throw error instanceof pdfjs.PasswordException ? new PdfLocked(password !== undefined) : error;
  }
}
