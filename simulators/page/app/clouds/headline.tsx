import type { PageState } from '../../state.ts';
import { countdown, useLeft } from '../live.ts';

interface Opening {
  readonly key: string;
  readonly what: string;
  readonly source: string;
  readonly endMs: number | undefined;
}

/** Every rule of ours, and what these open: two groups in front of one machine hold one rule each for one opening. */
export function openingsOf(state: PageState): { readonly rules: number; readonly openings: readonly Opening[] } {
  const found = new Map<string, Opening>();
  let rules = 0;
  for (const machine of Object.values(state.clouds).flat())
    for (const rule of machine.groups.flatMap((group) => group.rules).filter(({ ours }) => ours)) {
      rules += 1;
      const what = `${machine.name}:${rule.ports}`;
      const key = `${machine.id} ${rule.ports} ${rule.source} ${rule.endMs}`;
      found.set(key, { key, what, source: rule.source, endMs: rule.endMs });
    }
  return { rules, openings: [...found.values()] };
}

/** What of ours is open now, in one line. */
export function Headline({ state }: { readonly state: PageState }) {
  const { rules, openings } = openingsOf(state);
  const count = rules === 1 ? 'Drawbridge has 1 rule open' : `Drawbridge has ${rules === 0 ? 'no' : rules} rules open`;
  return (
    <p className={rules > 0 ? 'headline headline-open' : 'headline'} data-testid="open-rules" role="status">
      <strong>{count}</strong>
      {openings.map((opening) => (
        <Opened key={opening.key} opening={opening} />
      ))}
    </p>
  );
}

function Opened({ opening: { what, source, endMs } }: { readonly opening: Opening }) {
  return (
    <span className="opened">
      <b>{what}</b> from {source}
      {endMs !== undefined && <Rest endMs={endMs} />}
    </span>
  );
}

function Rest({ endMs }: { readonly endMs: number }) {
  // Read out once, not every second.
  return <span aria-hidden="true">, {countdown(useLeft(endMs))} left</span>;
}
