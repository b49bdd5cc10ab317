import type { Instant } from '../core/language/instant.ts';

/** A way to reach whoever runs Drawbridge that needs no chat. */
export interface AlarmWay {
  /** As the configuration calls it. */
  readonly name: string;
  /** Resolves once it was taken. Throws `outgoingRefused`, `outgoingSilent`. What is told twice has the same id. */
  tell(news: AlarmNews, signal: AbortSignal): Promise<void>;
}

export interface AlarmNews {
  readonly id: string;
  readonly kind: 'alarm' | 'break-glass';
  readonly at: Instant;
  readonly title: string;
  readonly lines: readonly string[];
}
