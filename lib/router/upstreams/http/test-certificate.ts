import { generateKeyPairSync, sign } from "node:crypto";

/** A certificate and its key, as PEM. */
interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An element of DER (ITU-T X.690): tag, length, content. */
function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
  );
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const SEQUENCE = 0x30;
const OCTETS = 0x04;
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const sequence = (...parts: readonly (Buffer | string)[]) => der(SEQUENCE, ...parts);
const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));
const COMMON_NAME = oid("550403");
const ALTERNATIVE_NAME = oid("551d11");
const BASIC_CONSTRAINTS = oid("551d13");

/** A certificate (RFC 5280) for one host name that vouches for itself; made anew each time, for tests. */
export function makeTestCertificate(host: string): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, host))));
  const extensions = sequence(
    sequence(ALTERNATIVE_NAME, der(OCTETS, sequence(der(0x82, host)))),
    sequence(BASIC_CONSTRAINTS, der(OCTETS, sequence(der(0x01, "\xff")))),
  );
  const body = sequence(
    der(0xa0, der(0x02, "\x02")),
    der(0x02, "\x01"),
    ECDSA_SHA256,
    name,
    sequence(der(0x17, "200101000000Z"), der(0x17, "491231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = sequence(body, ECDSA_SHA256, der(0x03, "\x00", signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
