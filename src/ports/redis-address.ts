/** Where a Redis is and how one signs in to it: everything that a client needs, secrets read. One of the first three is set. */
export interface RedisAddress {
  /** One server: `redis://`, `rediss://` (TLS), `unix://`, or the path of a Unix socket. */
  readonly url?: string;
  /** Sentinels, which say where the primary is. */
  readonly sentinel?: RedisSentinels;
  /** Some nodes of a Cluster, which name the others. */
  readonly cluster?: readonly HostPort[];
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTls;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface RedisSentinels {
  /** The name under which they watch the primary. */
  readonly name: string;
  readonly addresses: readonly HostPort[];
  readonly username?: string;
  readonly password?: string;
  /** They are spoken to with the same TLS as the servers. */
  readonly tls: boolean;
}

/** Texts in PEM, not the names of files. */
export interface RedisTls {
  /** Trusted instead of the public authorities. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name in the server's certificate, where it is not the one that is connected to. */
  readonly servername?: string;
}
