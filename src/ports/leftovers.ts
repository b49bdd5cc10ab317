/** Rare power of a cloud that may keep what is over from being deleted: such rules let nobody in, and wait for somebody to allow it. */
export interface Leftovers {
  /** All that wait now, as far as it can be read. None is an answer only where everything was read: else it throws. */
  leftovers(signal: AbortSignal): Promise<readonly Leftover[]>;
}

export interface Leftover {
  /** Its name, and what it is in. */
  readonly rule: string;
  readonly where: string;
  /** What keeps it, and what to do about it, as a sentence. */
  readonly because: string;
}
