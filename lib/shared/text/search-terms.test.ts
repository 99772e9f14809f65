import { describe, expect, it } from "vitest";
import { analyseText, searchTerms } from "./search-terms.ts";

describe("searchTerms", () => {
  it("keeps identifiers whole beside their parts", () => {
    expect(searchTerms("PUMP-7A-2041")).toBe("pump7a2041 pump 7a 2041");
    expect(searchTerms("getUserName")).toBe("getusername get user name");
    expect(searchTerms("RFC2119 p53")).toBe("rfc2119 rfc 2119 p53");
    expect(searchTerms("john@acme.com")).toBe("johnacmecom john acm com");
    expect(searchTerms("C++ and C#")).toBe("cplusplus and csharp");
  });

  it("writes numbers and dates in one form", () => {
    expect(searchTerms("1,500.50 1500 3.5")).toBe("1500d50 1500 3d5");
    for (const date of ["12 May 2024", "May 12, 2024", "2024-05-12", "12.05.2024", "12 de mayo de 2024"]) {
      expect(searchTerms(date).split(" ")).toContain("d20240512");
    }
    expect(searchTerms("05/06/2024")).not.toContain("d2024");
  });

  it("joins inflections, spellings, accents and possessives", () => {
    expect(searchTerms("Zoë's café organises")).toBe(searchTerms("zoe cafe organizing"));
    expect(searchTerms("Straße Łódź")).toBe("strass lodz");
  });

  it("leaves no word out, not even the commonest", () => {
    expect(searchTerms("To be or not to be")).toBe("to be or not to be");
  });

  it("writes other alphabets in Latin letters and reads unspaced scripts as pairs", () => {
    expect(searchTerms("Аллена")).toBe(searchTerms("Allen"));
    expect(searchTerms("水泵更换").split(" ")).toHaveLength(3);
    expect(searchTerms("更换水泵").split(" ")).toContain(searchTerms("水泵"));
    expect(searchTerms("型号A7").split(" ")).toContain("a7");
  });

  it("gives only letters and digits that no database parser cuts", () => {
    const text = "½ ٣٤ naïve 10.1007/s00125 v1.2.3 بانثرز ไทย 한국어 e=mc² \u{1F600} ’’ -- don't";
    for (const term of searchTerms(text).split(" ")) expect(term).toMatch(/^[a-z0-9]{1,64}$/);
  });

  it("says where each term stands", () => {
    const text = "the PUMP-7A failed";
    expect(analyseText(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      "the",
      "PUMP-7A",
      "PUMP-7A",
      "PUMP-7A",
      "failed",
    ]);
  });
});
