import { dayAt } from '../language/day.ts';
import type { Instant } from '../language/instant.ts';

/** From one instant until another; open where one is absent. */
export interface During {
  readonly from?: Instant;
  /** Not any more from then on. */
  readonly until?: Instant;
  /** Time zone that it is told in. */
  readonly zone: string;
}

/** Is it within? Always, where nothing is said. */
export function isDuring(during: During | undefined, at: Instant): boolean {
  return touches(during, { from: at, until: at + 1 });
}

/** Does any of the time fall within? */
export function touches(
  during: During | undefined,
  { from, until }: { readonly from: Instant; readonly until: Instant },
): boolean {
  return from < (during?.until ?? Infinity) && until > (during?.from ?? -Infinity);
}

/** `from 2026-12-20 00:00 until 2027-01-03 00:00 (Europe/Berlin)`. */
export function duringText({ from, until, zone }: During): string {
  const text = (at: Instant) => {
    const { date, minute } = dayAt(at, zone);
    const two = (n: number) => String(n).padStart(2, '0');
    return `${date} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  };
  const parts = [
    ...(from === undefined ? [] : [`from ${text(from)}`]),
    ...(until === undefined ? [] : [`until ${text(until)}`]),
  ];
  return `${parts.join(' ')} (${zone})`;
}
