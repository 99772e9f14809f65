import { acceptMediaType } from "../parse/accept-media-type.ts";
import { SNIFF_BYTES } from "../parse/sniff-media-type.ts";

/**
 * Lets a file pass and looks at its first bytes on the way: a file of the wrong kind is refused as soon as these are
 * there.
 *
 * @returns the content, which fails as `acceptMediaType` does, and its media type once it has passed.
 */
export function checkHead(content: AsyncIterable<Uint8Array>, fileName: string) {
  let mediaType = "text/plain";
  async function* checkedContent() {
    let head: Buffer = Buffer.alloc(0);
    let isChecked = false;
    for await (const part of content) {
      if (!isChecked) {
        head = Buffer.concat([head, part]);
        if (head.length >= SNIFF_BYTES) isChecked = sniff(head);
      }
      yield part;
    }
    if (!isChecked && head.length > 0) sniff(head);
  }
  function sniff(head: Uint8Array): true {
    mediaType = acceptMediaType(head, fileName);
    return true;
  }
  return { content: checkedContent(), mediaType: () => mediaType };
}
