/** Knows who signed a text, by keys that were enrolled beforehand. */
export interface Signatures {
  /**
   * The key that signed the text for this use, if it is one of `keys` (lines of OpenSSH's public key files); else why it counts for
   * nothing. Never throws, whatever the signature is.
   */
  check(signed: Signed, keys: readonly string[]): SignatureCheck;
}

export interface Signed {
  readonly text: string;
  /** As `ssh-keygen -Y sign` writes it. */
  readonly signature: string;
  /** What it was signed for: a signature for one use is none for another. */
  readonly namespace: string;
}

export type SignatureCheck =
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  { readonly fingerprint: string } | { readonly why: 'unreadable' | 'otherUse' | 'unknownKey' | 'wrong' };
