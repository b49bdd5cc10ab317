/** What a store says of a secret. */
export type SecretRead =
  | { readonly value: string }
  /**
   * Why it cannot be read, and what to do, as parts of a sentence; without `remedy` a moment later it may be another. They never have
   * anything of a value, or of an answer.
   */
  | { readonly fault: string; readonly remedy?: string };

/** A service that keeps secrets. */
export interface SecretStore {
  /** Its name for people: `Azure Key Vault`. */
  readonly name: string;
  /** What stands there now. Rejects only where the signal aborts. */
  read(reference: string, signal: AbortSignal): Promise<SecretRead>;
}
