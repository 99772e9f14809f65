/** One server-sent event; `id` and `data` as the server wrote them. */
export interface ServerEvent {
  readonly id: string;
  readonly data: string;
}

/**
 * Reads `text/event-stream` bytes into events. Lines may end in LF, CR or CRLF and may be cut anywhere, also inside a
 * character; comments (heartbeats) pass silently; an event without its closing empty line is dropped, as the
 * standard says, since it may be half of one.
 */
export async function* readEventStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let endedInReturn = false;
  let id = "";
  let data: string[] = [];
  for await (const part of bytes) {
    const text = decoder.decode(part, { stream: true });
    if (text === "") continue;
    // A CR ends its line at once; the LF of a CRLF that was cut in two is passed over here.
    const lines = (rest + (endedInReturn && text.startsWith("\n") ? text.slice(1) : text)).split(
      /\r\n|\n|\r/,
    );
    endedInReturn = text.endsWith("\r");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { id, data: data.join("\n") };
        data = [];
      } else if (line.startsWith("data:")) {
        data.push(fieldValue(line, 5));
      } else if (line.startsWith("id:")) {
        id = fieldValue(line, 3);
      }
    }
  }
}

function fieldValue(line: string, from: number): string {
  return line.slice(line[from] === " " ? from + 1 : from);
}
