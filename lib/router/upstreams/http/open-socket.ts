import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** What connections to one server share. */
export interface ConnectionSettings {
  readonly origin: URL;
  readonly connectMs: number;
  /** Of the newest secure connection: spares the next one half of its handshake. */
  tlsSession?: Buffer;
}

/** What a socket tells. After `ended` or `failed` nothing more; nothing is told inside {@link openSocket}. */
export interface SocketEvents {
  connected(): void;
  /** Bytes arrived: the first `size` of `bytes`, which are overwritten when the call returns. */
  data(bytes: Buffer, size: number): void;
  /** The other side has ended it in order. */
  ended(): void;
  failed(cause: Error): void;
}

/** Thrown into calls whose connection was not made in time. */
export class ConnectTimeoutError extends Error {
  constructor() {
    super("no connection in time");
    this.name = "ConnectTimeoutError";
  }
}

const KEEP_ALIVE_PROBE_MS = 60_000;

/**
 * All sockets without encryption read into this one: each read is handed on whole before the next one begins, and
 * memory made anew for every read would cost as much as the reading.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Opens a connection to a server; its certificate is verified against its name. */
export function openSocket(settings: ConnectionSettings, events: SocketEvents): Socket {
  const { origin, connectMs } = settings;
  const isSecure = origin.protocol === "https:";
  const socket = isSecure ? openTls(settings, events) : openTcp(settings, events);
  let timer: NodeJS.Timeout | undefined = setTimeout(
    () => socket.destroy(new ConnectTimeoutError()),
    connectMs,
  );
  let failure: Error | undefined;
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
  socket.once(isSecure ? "secureConnect" : "connect", () => {
    clearTimeout(timer);
    timer = undefined;
    events.connected();
  });
  socket.on("error", (error) => {
    failure = error;
  });
  socket.once("end", () => {
    if (timer === undefined) events.ended();
  });
  socket.once("close", () => {
    clearTimeout(timer);
    events.failed(failure ?? new Error("the connection closed"));
  });
  return socket;
}

function openTcp({ origin }: ConnectionSettings, events: SocketEvents): Socket {
  return connectTcp({
    host: hostOf(origin),
    port: Number(origin.port || 80),
    onread: {
      buffer: readBuffer,
      callback: (size) => {
        events.data(readBuffer, size);
        return true;
      },
    },
  });
}

function openTls(settings: ConnectionSettings, events: SocketEvents): Socket {
  const host = hostOf(settings.origin);
  const socket = connectTls({
    host,
    port: Number(settings.origin.port || 443),
    ALPNProtocols: ["http/1.1"],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(settings.tlsSession === undefined ? {} : { session: settings.tlsSession }),
  });
  socket.on("session", (session) => {
    settings.tlsSession = session;
  });
  socket.on("data", (bytes: Buffer) => events.data(bytes, bytes.length));
  return socket;
}

/** The address of an IPv6 host stands in brackets in a URL. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
