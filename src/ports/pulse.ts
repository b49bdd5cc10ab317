/** How processes know within seconds that one is gone: what it had in hand is taken up by another. */
export interface Pulse {
  /** This process's id, new at each start. */
  readonly process: string;
  /**
   * Says that this process lives, a few times as often as `SILENT_MS` (src/redis/pulse.ts). Gives those that said nothing for that long,
   * until they are forgotten; nobody, where this process was silent for that long itself.
   */
  beat(): Promise<readonly string[]>;
  /** It ends, and has nothing in hand any more. */
  leave(): Promise<void>;
}
