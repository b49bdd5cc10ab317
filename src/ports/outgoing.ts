/** One call to a host that the configuration names. */
export interface OutgoingCall {
  readonly url: string;
  /** GET unless there is a body. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From looking up the name to the last byte. */
  readonly limitMs: number;
  /** Of the answer's body. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

export interface OutgoingAnswer {
  /** Never a redirect. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/**
 * Calls hosts that the configuration names, and nothing else: over HTTPS (HTTP on loopback alone), at addresses that are
 * checked where they are connected to, without redirects, proxies, or compression, within limits of time and size. Throws
 * `outgoingRefused` for what may not be called, `outgoingSilent` for what does not answer in time or as it should. Errors
 * name the host alone: the rest of the URL, headers, and bodies may be secrets.
 */
export type CallOut = (call: OutgoingCall) => Promise<OutgoingAnswer>;

/**
 * Where a host that the configuration names may be connected to, in turn: public addresses, and those of `outgoing.private`; without TLS
 * only on this computer. Throws `outgoingRefused`.
 */
export type FindAddresses = (host: string, hasTls: boolean) => Promise<readonly string[]>;
