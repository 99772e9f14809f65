import { createHash } from "node:crypto";

/** Fills passwords up to 32 bytes (ISO 32000-1, algorithm 2). */
const PAD = Buffer.from("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a", "hex");
const KEY_BYTES = 16;
/** Printing allowed, the rest not. */
const PERMISSIONS = -1852;
const FILE_ID = Buffer.from("766f756368207465737420646f632031", "hex");

const md5 = (...parts: readonly Buffer[]) => createHash("md5").update(Buffer.concat(parts)).digest();
const pad = (password: string) => Buffer.concat([Buffer.from(password, "latin1"), PAD]).subarray(0, 32);

/** The cipher of PDF 1.4; our Node has it no more. */
function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number) => state[index] ?? 0;
  const swap = (left: number, right: number) => {
    [state[left], state[right]] = [at(right), at(left)];
  };
  for (let index = 0, other = 0; index < 256; index += 1) {
    other = (other + at(index) + (key[index % key.length] ?? 0)) & 255;
    swap(index, other);
  }
  let [index, other] = [0, 0];
  return Buffer.from(
    data.map((byte) => {
      index = (index + 1) & 255;
      other = (other + at(index)) & 255;
      swap(index, other);
      return byte ^ at((at(index) + at(other)) & 255);
    }),
  );
}

function again(times: number, digest: Buffer): Buffer {
  let key = digest;
  for (let time = 0; time < times; time += 1) key = md5(key.subarray(0, KEY_BYTES));
  return key.subarray(0, KEY_BYTES);
}

/** Twenty rounds, each with another form of the key. */
function rounds(key: Buffer, data: Buffer): Buffer {
  let text = data;
  for (let round = 0; round < 20; round += 1) text = rc4(Buffer.from(key.map((byte) => byte ^ round)), text);
  return text;
}

function encryptionOf(userPassword: string, ownerPassword: string) {
  const owner = rounds(again(50, md5(pad(ownerPassword))), pad(userPassword));
  const permissions = Buffer.alloc(4);
  permissions.writeInt32LE(PERMISSIONS);
  const key = again(50, md5(pad(userPassword), owner, permissions, FILE_ID));
  const user = Buffer.concat([rounds(key, md5(PAD, FILE_ID)), Buffer.alloc(16)]);
  return { key, owner, user };
}

/** A PDF of pages of text, protected with RC4 of 128 bits (revision 3), as programs of many years have made them. */
export function protectedPdf(
  pages: readonly string[],
  { user, owner = `${user} of the owner` }: { readonly user: string; readonly owner?: string },
): Uint8Array {
  const encryption = encryptionOf(user, owner);
  const objectKey = (number: number) =>
    md5(encryption.key, Buffer.from([number & 255, number >> 8, 0, 0, 0])).subarray(0, KEY_BYTES);
  const font = 3 + pages.length * 2;
  const kids = pages.map((_, index) => `${3 + index * 2} 0 R`).join(" ");
  const objects: (string | { readonly dictionary: string; readonly stream: Buffer })[] = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    ...pages.flatMap((text, index) => {
      const number = 4 + index * 2;
      const words = `BT /F1 14 Tf 60 720 Td (${text.replaceAll(/[\\()]/g, "\\$&")}) Tj ET`;
      const stream = rc4(objectKey(number), Buffer.from(words, "latin1"));
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${number} 0 R /Resources << /Font << /F1 ${font} 0 R >> >> >>`,
        { dictionary: `<< /Length ${stream.length} >>`, stream },
      ];
    }),
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    `<< /Filter /Standard /V 2 /R 3 /Length 128 /P ${PERMISSIONS} /O <${encryption.owner.toString("hex")}> /U <${encryption.user.toString("hex")}> >>`,
  ];
  const parts: Buffer[] = [Buffer.from("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const offsets: number[] = [];
  const length = () => parts.reduce((sum, part) => sum + part.length, 0);
  for (const [index, object] of objects.entries()) {
    offsets.push(length());
    const [before, stream] =
      typeof object === "string" ? [object, undefined] : [object.dictionary, object.stream];
    parts.push(Buffer.from(`${index + 1} 0 obj\n${before}\n`));
    if (stream !== undefined) parts.push(Buffer.from("stream\n"), stream, Buffer.from("\nendstream\n"));
    parts.push(Buffer.from("endobj\n"));
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const id = FILE_ID.toString("hex");
  const start = length();
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R /Encrypt ${objects.length} 0 R /ID [<${id}> <${id}>] >>`;
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n${trailer}\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
  // Of its own memory, as files are read: pdf.js takes no Buffer.
  return new Uint8Array(Buffer.concat(parts));
}
