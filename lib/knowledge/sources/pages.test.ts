import { describe, expect, it } from "vitest";
import { canonicalUrl, fileNameOf, isAsset, isInSite, siteScope } from "./canonical-url.ts";
import { readPageLinks } from "./read-page-links.ts";
import { recodeText } from "./recode-text.ts";
import { readRobots } from "./robots.ts";

const url = (text: string) => new URL(text);

describe("the address of a page", () => {
  it("is written in one way", () => {
    for (const [given, expected] of [
      ["HTTPS://Example.ORG:443/a#part", "https://example.org/a"],
      ["https://example.org./a", "https://example.org/a"],
      ["https://example.org/a?utm_source=x&id=7&fbclid=y", "https://example.org/a?id=7"],
      ["https://example.org/a?utm_source=x", "https://example.org/a"],
      ["https://example.org/%e2%82%ac", "https://example.org/%E2%82%AC"],
      ["https://example.org/a?q=1%2f2", "https://example.org/a?q=1%2F2"],
    ] as const) {
      expect(canonicalUrl(url(given))).toBe(expected);
    }
  });

  it("tells what belongs to the site that begins there", () => {
    const site = siteScope(url("https://example.org/guide/start.html"));
    expect(isInSite(site, url("https://example.org/guide/a/b"))).toBe(true);
    expect(isInSite(site, url("https://example.org/blog"))).toBe(false);
    expect(isInSite(site, url("http://example.org/guide/a"))).toBe(false);
    expect(isInSite(site, url("https://example.org.evil.test/guide/a"))).toBe(false);
    expect(isInSite(siteScope(url("https://example.org")), url("https://example.org/any"))).toBe(true);
    expect(isAsset(url("https://example.org/logo.PNG?x"))).toBe(true);
    expect(isAsset(url("https://example.org/report.pdf"))).toBe(false);
  });

  it("names the file, with the ending of its type where it has none", () => {
    expect(fileNameOf(url("https://example.org/a/report.pdf"), "application/pdf")).toBe("report.pdf");
    expect(fileNameOf(url("https://example.org/a/"), "text/html; charset=utf-8")).toBe("a.html");
    expect(fileNameOf(url("https://example.org/"), "text/html")).toBe("example.org.html");
    expect(fileNameOf(url("https://example.org/page.php"), "text/html")).toBe("page.php.html");
    expect(fileNameOf(url("https://example.org/readme.md"), "text/plain")).toBe("readme.md");
    expect(fileNameOf(url("https://example.org/%E0%A4%A"), undefined)).toBe("%E0%A4%A");
  });
});

describe("the links of a page", () => {
  const page = (html: string, header = "") =>
    readPageLinks(html, url("https://example.org/dir/page"), header);

  it("are resolved, each once, without those that lead to no page", () => {
    const { links } =
      page(`<a href="one">1</a><a href="/two#x">2</a><a href="/two">2</a><a href="mailto:a@b.c">m</a>
      <a href="javascript:alert(1)">j</a><a href="http://[bad">b</a><a href="//other.org/x">o</a><a>none</a>
      <a href="/ad" rel="sponsored nofollow">ad</a><map><area href="three"></map>`);
    expect(links.map(({ href }) => href)).toEqual([
      "https://example.org/dir/one",
      "https://example.org/two",
      "https://other.org/x",
      "https://example.org/dir/three",
    ]);
  });

  it("start from the base the page names", () => {
    expect(page(`<head><base href="/root/"></head><a href="x">x</a>`).links[0]?.pathname).toBe("/root/x");
  });

  it("come with where the page says it stands and what it asks of programs", () => {
    expect(page(`<link rel="canonical" href="/dir/page?v=1">`).canonical?.href).toBe(
      "https://example.org/dir/page?v=1",
    );
    expect(page(`<meta name="robots" content="NoIndex, follow">`)).toMatchObject({
      isNoIndex: true,
      isNoFollow: false,
    });
    expect(page(`<meta name="robots" content="none">`)).toMatchObject({ isNoIndex: true, isNoFollow: true });
    expect(page("<p>x</p>", "nofollow")).toMatchObject({ isNoIndex: false, isNoFollow: true });
    expect(page("")).toEqual({ links: [], canonical: null, isNoIndex: false, isNoFollow: false });
  });

  it("are told from what only looks like a link, however the page is written", () => {
    const { links } =
      page(`<!-- <a href="/comment">c</a> --><script>"<a href='/script'>"</script><STYLE>a{}</STYLE>
      <A HREF='/one?x=1&amp;y=2' title=">"><b <a href=/two>not by the rules</a><p title="<a href='/quoted'>"><a class=x href = "/three">
      <a href="/first" href="/second">1 < 2</a><a href="/&#x65;nd">e</a><a href="/unclosed>`);
    expect(links.map(({ pathname, search }) => pathname + search)).toEqual([
      "/one?x=1&y=2",
      "/three",
      "/first",
      "/end",
      "/unclosed%3E",
    ]);
  });

  it("are read from a page made to cost time, in the time of any other", () => {
    const hostile = ["<b>", "<a href=x>", "<!--", "<a '", "<script>", "<a =", "<", "</a>", '<a href="'];
    for (const part of hostile) page(part.repeat(200_000));
    expect(page(`<div>${"<b>".repeat(50_000)}<a href="/deep">d</a>`).links).toHaveLength(1);
    expect(page(`<a href="/${"a".repeat(100_000)}">x</a>`).links).toEqual([]);
    expect(page(`<a ${"x ".repeat(300_000)}>`).links).toEqual([]);
  });
});

describe("robots.txt", () => {
  const robots = (text: string) => readRobots(url("https://example.org/robots.txt"), text);

  it("is obeyed for this program and for all", () => {
    const rules = robots(
      "User-agent: *\nDisallow: /private/\nAllow: /private/open\nCrawl-delay: 3\n\nUser-agent: other\nDisallow: /",
    );
    expect(rules.isAllowed(url("https://example.org/public"))).toBe(true);
    expect(rules.isAllowed(url("https://example.org/private/x"))).toBe(false);
    expect(rules.isAllowed(url("https://example.org/private/open"))).toBe(true);
    expect(rules.delaySeconds).toBe(3);
    const named = robots("User-agent: Vouch\nDisallow: /\n\nUser-agent: *\nAllow: /");
    expect(named.isAllowed(url("https://example.org/"))).toBe(false);
  });

  it("may be empty, of another kind or made to cost time", () => {
    expect(robots("").isAllowed(url("https://example.org/"))).toBe(true);
    expect(robots("<html>no such page</html>").isAllowed(url("https://example.org/"))).toBe(true);
    const hostile = robots(`User-agent: *\nDisallow: /${"*a".repeat(200_000)}\nDisallow: /x`);
    expect(hostile.isAllowed(url(`https://example.org/${"a".repeat(1_000)}`))).toBe(true);
    expect(hostile.isAllowed(url("https://example.org/x"))).toBe(false);
  });
});

describe("text in another encoding", () => {
  const recoded = async (bytes: Buffer, contentType: string) => {
    async function* parts() {
      for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
    }
    const out: Uint8Array[] = [];
    for await (const part of recodeText(parts(), contentType)) out.push(part);
    return Buffer.concat(out).toString("utf8");
  };

  it("becomes UTF-8 when only the server names the encoding", async () => {
    const latin1 = Buffer.from("Prüfbericht für März", "latin1");
    expect(await recoded(latin1, "text/html; charset=ISO-8859-1")).toBe("\uFEFFPrüfbericht für März");
    const japanese = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);
    expect(await recoded(japanese, 'text/plain; charset="Shift_JIS"')).toBe("\uFEFF日本");
  });

  it("is left as it is when it is UTF-8, unknown, or no text", async () => {
    const bytes = Buffer.from("Prüfbericht");
    for (const type of [
      "text/html; charset=utf-8",
      "text/html",
      "text/html; charset=klingon",
      "application/pdf; charset=latin1",
    ]) {
      expect(await recoded(bytes, type)).toBe("Prüfbericht");
    }
  });
});
