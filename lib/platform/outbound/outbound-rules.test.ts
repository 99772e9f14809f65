import { describe, expect, it } from "vitest";
import { parseEnvironment } from "../env.ts";
import { isPublicAddress, parseAddress } from "./address-rules.ts";
import { parseAllowList } from "./allow-list.ts";
import { checkAddress, checkUrl, type OutboundRules } from "./outbound-rules.ts";

const rules = (allow = "", own: Partial<OutboundRules> = {}): OutboundRules => ({
  allow: parseAllowList(allow),
  ownPort: 3000,
  ownHost: undefined,
  ...own,
});
const refused = (url: string, given = rules()) => expect(() => checkUrl(url, given)).toThrow();

describe("an address a person enters", () => {
  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://１２７.０.０.１/",
    "http://127.0.0.1./",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.0.0.8/",
    "http://172.16.9.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://192.0.2.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::7f00:1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2606:4700::5efe:7f00:1]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://user:secret@example.org/",
    "http://example.org@127.0.0.1/",
    "http://example.org:22/",
    "http://example.org:5432/",
    "http://example.org:6379/",
    "http://192.0.2.9:6379/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "ftp://example.org/",
    "javascript:alert(1)",
    "//example.org/",
    "http:///",
    "http://",
    "example.org",
    "",
    `https://example.org/${"a".repeat(2_000)}`,
  ])("%s is refused", (url) => refused(url));

  it("is taken when it is an ordinary one, without its fragment", () => {
    expect(checkUrl("https://Example.org/a?b=1#part", rules()).href).toBe("https://example.org/a?b=1");
    expect(checkUrl("http://example.org:8080/", rules()).port).toBe("8080");
    expect(checkUrl("http://93.184.215.14/", rules()).hostname).toBe("93.184.215.14");
    expect(checkUrl("http://[2606:2800:21f::1]/", rules()).hostname).toBe("[2606:2800:21f::1]");
  });

  it("is refused when it is this program's own, also where private hosts are permitted", () => {
    refused("http://127.0.0.1:3000/", rules("127.0.0.1:*"));
    refused("http://[::ffff:127.0.0.1]:3000/", rules("127.0.0.0/8:*"));
    refused("https://vouch.example.org/share/x", rules("", { ownHost: "vouch.example.org:443" }));
    expect(checkUrl("http://127.0.0.1:3001/", rules("127.0.0.1:*")).port).toBe("3001");
  });
});

describe("the list of permitted hosts", () => {
  it("opens names, names below a name, addresses, ranges and ports, and nothing beside them", () => {
    const list = rules("wiki.example.org *.corp.example.org:8000, 10.2.0.0/16, [fd12::]/16:*");
    expect(checkUrl("http://10.2.3.4/", list).hostname).toBe("10.2.3.4");
    refused("http://10.3.0.1/", list);
    refused("http://10.2.3.4:9000/", list);
    expect(checkUrl("http://[fd12::9]:9000/", list).port).toBe("9000");
    expect(checkUrl("http://a.corp.example.org:8000/", list).port).toBe("8000");
    const privateAddress = parseAddress("10.9.9.9");
    if (privateAddress === undefined) throw new Error("no address");
    const check = (host: string, port = 80) => checkAddress(host, privateAddress, port, list);
    expect(() => check("wiki.example.org")).not.toThrow();
    expect(() => check("WIKI.example.org.")).not.toThrow();
    expect(() => check("wiki.example.org", 9000)).toThrow();
    expect(() => check("evil-wiki.example.org")).toThrow();
    expect(() => check("corp.example.org", 8000)).toThrow();
  });

  it("opens no address of a cloud's metadata, however it is written", () => {
    const list = rules("169.254.0.0/16:*, 0.0.0.0/0:*, [::]/0:*, evil.example.org:*");
    for (const host of [
      "169.254.169.254",
      "[::ffff:a9fe:a9fe]",
      "168.63.129.16",
      "0.0.0.0",
      "[fd00:ec2::254]",
    ]) {
      refused(`http://${host}/`, list);
    }
    const metadata = parseAddress("169.254.169.254");
    if (metadata === undefined) throw new Error("no address");
    expect(() => checkAddress("evil.example.org", metadata, 80, list)).toThrow();
  });

  it("stops the start when an entry cannot be read", () => {
    for (const entry of ["10.2.0.0/99", "host:99999", "http://host", "a b:c", "fd12::1"]) {
      expect(() => parseEnvironment({ VOUCH_OUTBOUND_ALLOW: entry })).toThrow(
        /VOUCH_OUTBOUND_ALLOW: ".+" is no host/,
      );
    }
  });
});

describe("an address in another's clothes", () => {
  it("is read as what it is", () => {
    expect(parseAddress("::ffff:10.0.0.1")?.toString()).toBe("10.0.0.1");
    expect(parseAddress("fe80::1%eth0")).toBeUndefined();
    expect(parseAddress("127.1")).toBeUndefined();
    const public6 = parseAddress("2606:4700::1111");
    expect(public6 !== undefined && isPublicAddress(public6)).toBe(true);
  });
});
