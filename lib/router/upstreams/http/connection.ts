import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type buildConnector, Client, type Dispatcher } from "undici";

/** Idle connections are dropped before common servers drop them (uvicorn: 5 s), so that no call meets a closed one. */
const IDLE_CONNECTION_MS = 4_000;

/** A server that announces its own time-out is believed, less the time a call may be under way. */
const IDLE_MARGIN_MS = 2_000;

const KEEP_ALIVE_PROBE_MS = 60_000;

/** What connections to one server share. */
export interface ConnectionSettings {
  readonly origin: URL;
  readonly connectMs: number;
  /** Of the newest secure connection: spares the next one half of its handshake. */
  tlsSession?: Buffer;
}

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** The other side, or the time without work, has closed it. */
  closed(connection: Connection): void;
}

/** Thrown into calls whose connection was not made in time. */
export class ConnectTimeoutError extends Error {
  constructor() {
    super("no connection in time");
    this.name = "ConnectTimeoutError";
  }
}

/**
 * One connection to a server, for one call at a time. It is made with the first call, and made again when a call
 * finds it closed before a byte was sent. HTTP/1.1, with no time limits of its own after the connecting.
 */
export class Connection {
  #client: Client;
  #settings: ConnectionSettings;
  #owner: ConnectionOwner;
  #socket: Socket | undefined;
  #callsSent = 0;

  constructor(settings: ConnectionSettings, owner: ConnectionOwner) {
    this.#settings = settings;
    this.#owner = owner;
    this.#client = new Client(settings.origin, {
      allowH2: false,
      bodyTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      keepAliveMaxTimeout: IDLE_CONNECTION_MS,
      keepAliveTimeoutThreshold: IDLE_MARGIN_MS,
      connect: (_options, callback) => this.#connect(callback),
    });
    this.#client.on("disconnect", () => this.#owner.closed(this));
  }

  /** True while the call that began last is not the first one on this socket. */
  get isReused(): boolean {
    return this.#callsSent > 1;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  /** A call's bytes are about to be written. */
  noteCall(): void {
    this.#callsSent += 1;
  }

  /** Closes the socket at once, in any phase. */
  destroy(): void {
    this.#socket?.destroy();
    this.#client.destroy(null, () => {});
  }

  #connect(callback: buildConnector.Callback): void {
    const { connectMs } = this.#settings;
    const socket = this.#openSocket();
    this.#socket = socket;
    this.#callsSent = 0;
    let isSettled = false;
    const settle = (error: Error | null) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      if (error === null) callback(null, socket);
      else callback(error, null);
    };
    const timer = setTimeout(() => {
      settle(new ConnectTimeoutError());
      socket.destroy();
    }, connectMs);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    socket.once(this.#isSecure ? "secureConnect" : "connect", () => settle(null));
    socket.on("error", settle);
    socket.once("close", () => settle(new Error("closed while connecting")));
  }

  get #isSecure(): boolean {
    return this.#settings.origin.protocol === "https:";
  }

  #openSocket(): Socket {
    const { hostname, port } = this.#settings.origin;
    // The address of an IPv6 host stands in brackets in a URL.
    const host = hostname.replace(/^\[|\]$/g, "");
    if (!this.#isSecure) return connectTcp({ host, port: Number(port || 80) });
    const settings = this.#settings;
    const socket = connectTls({
      host,
      port: Number(port || 443),
      ALPNProtocols: ["http/1.1"],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(settings.tlsSession === undefined ? {} : { session: settings.tlsSession }),
    });
    socket.on("session", (session) => {
      settings.tlsSession = session;
    });
    return socket;
  }
}
