import type { CallWatch } from './meter.ts';

/** What a span is called; what it is about stands in its attributes. */
export type SpanName = 'delivery' | 'decision' | 'job' | 'machine' | 'chat';

/** Ids, names of methods, codes: closed lists and ids alone, never what somebody wrote, and nobody's name or address. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** A new trace begins with it, where nothing else is traced. */
  readonly isFirst?: true;
  /** The `traceparent` of what led to it (W3C Trace Context), where that was in another process, or long ago. */
  readonly from?: string | undefined;
  /** Of what else led to it. */
  readonly others?: readonly string[];
  readonly facts?: SpanFacts;
}

/** One trace from the click to the call of a cloud. Nothing waits for it, and it never throws. */
export interface Traces {
  /** Runs work as a span of its own. Without `isFirst` and `from`, only within another one: what nobody asked for is not traced. */
  span<T>(name: SpanName, start: SpanStart, work: () => Promise<T>): Promise<T>;
  /** The `traceparent` of what runs here; undefined where nothing is traced. */
  current(): string | undefined;
  /** Each call of a cloud, as a span. */
  readonly called: CallWatch;
}
