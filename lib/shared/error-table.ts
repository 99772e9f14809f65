/**
 * Every error a caller can meet: stable code, HTTP status, whether trying again may help, and the sentence a person
 * reads. `docs/errors.md` lists the same rows; a test compares both. Details for the log travel in the error's
 * `cause` and `context`, never in `message`.
 */
export const ERROR_TABLE = {
  invalid_request: { status: 400, retryable: false, message: "The request is not valid." },
  invalid_json: { status: 400, retryable: false, message: "The body is not valid JSON." },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    message: "This content type is not accepted here. Send application/json.",
  },
  not_signed_in: { status: 401, retryable: false, message: "Sign in to continue." },
  invalid_credentials: {
    status: 401,
    retryable: false,
    message: "The e-mail address or the password is wrong.",
  },
  invalid_api_key: { status: 401, retryable: false, message: "The API key is wrong, expired or revoked." },
  forbidden: { status: 403, retryable: false, message: "Your role does not allow this." },
  cross_origin: { status: 403, retryable: false, message: "Requests from other sites are refused." },
  not_found: { status: 404, retryable: false, message: "There is nothing here, or it is not yours to see." },
  method_not_allowed: { status: 405, retryable: false, message: "This address does not answer that method." },
  conflict: { status: 409, retryable: false, message: "This changed in the meantime. Reload and try again." },
  generation_running: {
    status: 409,
    retryable: true,
    message: "An answer is still being written in this conversation. Stop it or wait for it.",
  },
  body_too_large: {
    status: 413,
    retryable: false,
    message: "The request body is larger than this address accepts.",
  },
  document_too_large: {
    status: 413,
    retryable: false,
    message: "The document is larger than the upload limit.",
  },
  document_type_unsupported: {
    status: 415,
    retryable: false,
    message:
      "This kind of file cannot be read. Upload PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, HTML, mail (EML), Markdown, CSV, JSON, subtitles (VTT) or plain text.",
  },
  document_hash_mismatch: {
    status: 422,
    retryable: true,
    message: "The file that arrived is not the file that was sent. Upload it again.",
  },
  document_empty: { status: 422, retryable: false, message: "The document holds no text." },
  document_encrypted: {
    status: 422,
    retryable: false,
    message:
      "The file is protected by a password. A PDF is read once somebody enters it; remove it from other files and upload them again.",
  },
  document_password_wrong: {
    status: 422,
    retryable: false,
    message: "The password does not open the file. Enter it again.",
  },
  document_without_text: {
    status: 422,
    retryable: false,
    message: "The pages are pictures without a text layer. Run text recognition (OCR) on the file first.",
  },
  document_old_format: {
    status: 415,
    retryable: false,
    message:
      "This is a file of an old Office program (.doc, .xls, .ppt). Save it in the present format (.docx, .xlsx, .pptx) or as PDF and upload that.",
  },
  document_too_complex: {
    status: 422,
    retryable: false,
    message:
      "The file unpacks to far more than its size or is nested too deep to be read safely. Save it again from its program, or as PDF.",
  },
  document_too_long: {
    status: 422,
    retryable: false,
    message:
      "The document holds more text than one document may (30 million characters). Split it and upload the parts.",
  },
  document_unreadable: {
    status: 422,
    retryable: false,
    message: "The file is damaged or not what its name says.",
  },
  document_parse_timeout: { status: 422, retryable: true, message: "Reading the document took too long." },
  document_parse_memory: {
    status: 422,
    retryable: false,
    message: "Reading the document needed too much memory.",
  },
  document_interrupted: {
    status: 422,
    retryable: true,
    message: "Reading the document ended the program's reader several times.",
  },
  url_invalid: {
    status: 400,
    retryable: false,
    message: "This is no web address. It begins with http:// or https:// and names a site.",
  },
  url_refused: {
    status: 422,
    retryable: false,
    message:
      "This address leads to a private or reserved network, so it is not fetched. An administrator can permit hosts.",
  },
  url_robots: {
    status: 422,
    retryable: false,
    message: "The site asks programs not to fetch this page (robots.txt).",
  },
  url_too_large: { status: 413, retryable: false, message: "What is at this address is too large." },
  url_failed: { status: 502, retryable: true, message: "The site did not give the page." },
  url_unreachable: { status: 502, retryable: true, message: "The site cannot be reached." },
  url_timeout: { status: 504, retryable: true, message: "The site took too long." },
  rate_limited: { status: 429, retryable: true, message: "Too many requests. Wait a moment and try again." },
  internal: {
    status: 500,
    retryable: true,
    message: "Something went wrong on our side. The report has its number.",
  },
  model_unknown: { status: 404, retryable: false, message: "This model does not exist here." },
  model_unpriced: {
    status: 403,
    retryable: false,
    message:
      "This model has no price and your spending is limited, so it cannot be used. Ask an administrator.",
  },
  model_refused: {
    status: 422,
    retryable: false,
    message: "The model did not accept this request. Another model may.",
  },
  writing_model_missing: {
    status: 409,
    retryable: false,
    message: "Only a chat model can write sentences about passages, and none is configured here.",
  },
  model_failed: { status: 502, retryable: true, message: "The model could not answer. Try again." },
  model_unavailable: {
    status: 503,
    retryable: true,
    message: "The model cannot be reached at the moment. Your question is kept; try again.",
  },
  content_filtered: {
    status: 422,
    retryable: false,
    message: "The model's provider refused this by its content filter. Ask it differently.",
  },
  budget_spent: {
    status: 429,
    retryable: false,
    message:
      "The budget for this model is spent. Ask your administrator to raise it, or choose another model.",
  },
  model_timeout: { status: 504, retryable: true, message: "The model took too long. Try again." },
  stream_interrupted: {
    status: 502,
    retryable: true,
    message: "The answer broke off before its end. What arrived is kept; try again.",
  },
  dataset_invalid: {
    status: 422,
    retryable: false,
    message: "The dataset file has errors. Nothing was imported.",
  },
  dataset_too_large: {
    status: 413,
    retryable: false,
    message: "The dataset file is larger than 5 MB or holds more than 1000 questions.",
  },
  dataset_name_taken: { status: 409, retryable: false, message: "Another dataset has this name." },
  dataset_in_use: {
    status: 409,
    retryable: true,
    message: "A run is measuring this dataset. Wait for its end or stop it.",
  },
  dataset_empty: { status: 422, retryable: false, message: "The dataset holds no questions. Import some." },
  unavailable: { status: 503, retryable: true, message: "The service is not ready. Try again in a moment." },
} as const satisfies Record<string, ErrorRow>;

/** One row of the table. */
export interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
}

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_TABLE;
