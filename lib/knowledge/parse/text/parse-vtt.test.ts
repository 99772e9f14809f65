import { describe, expect, it } from "vitest";
import { placesOf, readSound } from "../test-fixtures.ts";

describe("reading subtitles", () => {
  it("tells who says what when, naming a speaker once while he goes on", async () => {
    const source = `WEBVTT

NOTE made by hand

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:04.000 align:left
<v Ann>The pump &amp; the
seal <i>leak</i>.

00:05.500 --> 00:00:07.000
<v Ann>Both.

00:00:08.000 --> 00:00:09.000
<v.loud Bob>No!
`;
    const file = await readSound("talk.vtt", source);
    expect(file.text).toBe("Ann: The pump & the seal leak.\nBoth.\n\nBob: No!");
    expect(placesOf(file).map(([, label]) => label)).toEqual([
      "00:00:01–00:00:04, Ann",
      "00:05–00:00:07, Ann",
      "00:00:08–00:00:09, Bob",
    ]);
  });
});
