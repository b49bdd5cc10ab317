/** What the store tells in numbers, without reading a record. */
export interface Figures {
  /** Throws `storeAway`. */
  read(): Promise<StoreFigures>;
}

export interface StoreFigures {
  /** Approved and not proven closed, anywhere. */
  readonly open: number;
  /** Had to be closed by now, and are not proven to be. */
  readonly overdue: number;
  /** By how much the oldest of these is late; 0 where there is none. */
  readonly oldestMs: number;
  /** Bytes that the whole database takes, and that it may take; absent where it does not say. */
  readonly usedBytes?: number;
  readonly mostBytes?: number;
}

/** Jobs of one kind: in Redis, or, of machines that are to be looked at, in this process. */
export interface QueueFigures {
  readonly queue: 'converge' | 'notify' | 'machines';
  readonly waiting: number;
  readonly active: number;
  /** How long the next one has waited; 0 where none does. */
  readonly oldestMs: number;
}
