import { addressOf, go, type Place } from './place.ts';

const DAY_MS = 86_400_000;
const SPANS: readonly (readonly [days: number, name: string])[] = [
  [1, '24 h'],
  [7, '7 days'],
  [30, '30 days'],
  [90, '90 days'],
];

/** The time that is looked at: from the address, else the last 30 days. */
export function spanOf(query: URLSearchParams, now: number): { readonly from: number; readonly to: number } {
  const to = Number(query.get('to') ?? now);
  return { from: Number(query.get('from') ?? to - 30 * DAY_MS), to };
}

/** How far is looked back. */
export function Span({ place }: { place: Place }) {
  const { view, query } = place;
  const { from, to } = spanOf(query, Date.now());
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
            const begin = String(Math.floor((Date.now() - own * DAY_MS) / 60_000) * 60_000);
            go(addressOf(view, query, { from: own === 30 ? '' : begin, to: '', skip: '' }));
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
