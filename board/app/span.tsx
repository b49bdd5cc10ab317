import { readSpan } from '../../src/core/board/span.ts';
import { addressOf, go, type Place } from './place.ts';

const DAY_MS = 86_400_000;
const SPANS: readonly (readonly [days: number, name: string])[] = [
  [1, '24 h'],
  [7, '7 days'],
  [30, '30 days'],
  [90, '90 days'],
];

/** How far is looked back, by the server's clock: the reader's own may be wrong. */
export function Span({ place, now = Date.now() }: { place: Place; now: number | undefined }) {
  const { view, query } = place;
  const { from, to } = readSpan(query, now);
  const days = (to - from) / DAY_MS;
  const isNow = !query.has('to');
  return (
    <fieldset className="segments" aria-label="How far back">
      {SPANS.map(([own, name]) => (
        <button
          key={own}
          type="button"
          aria-pressed={isNow && Math.abs(days - own) < own * 0.02}
          onClick={() => {
            const begin = String(Math.floor((now - own * DAY_MS) / 60_000) * 60_000);
            go(addressOf(view, query, { from: own === 30 ? '' : begin, to: '', skip: '' }));
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
