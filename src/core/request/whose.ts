/** What is published of the network that an address is in. */
export interface Published {
  /** Who operates it, safe to show. */
  readonly network?: string;
  /** Its number (AS). */
  readonly asn?: number;
  /** Two letters, as ISO 3166-1 has them. */
  readonly country?: string;
}

/** Whose a source is, as far as it was known when it was asked for: for those who decide, and nothing is judged by it. */
export interface Whose {
  /** The source that this says something of: another one may be offered, or moved to. */
  readonly source: string;
  /** How it is known to be the requester's: seen by a page and confirmed in chat, said of them in the directory, or opened before. */
  readonly own?: 'confirmed' | 'recorded' | 'used';
  /** The names of the configuration whose networks it is in, the narrowest first. */
  readonly networks?: readonly string[];
  /** What databases of the operators of Drawbridge said of it then. */
  readonly published?: Published;
}
