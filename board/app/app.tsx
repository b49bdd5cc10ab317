import { useEffect } from 'react';
import type { BoardNames } from '../../src/ports/board.ts';
import { leave, type Me, useAsk } from './api.ts';
import { Go, Search, Wrong } from './bits.tsx';
import { CLOUDS } from './clouds.ts';
import { ExposureView } from './exposure.tsx';
import { Guard } from './guard.tsx';
import { HistoryView } from './history.tsx';
import { LeaseView } from './lease.tsx';
import { useLive } from './live.ts';
import { Logo } from './logo.tsx';
import { MachinesView } from './machines.tsx';
import { NowView } from './now.tsx';
import { addressOf, go, type Place, usePlace } from './place.ts';
import { TimelineView } from './timeline.tsx';
import { apart } from './words.ts';

export interface ViewProps {
  readonly me: Me;
  readonly place: Place;
  /** Another number after each change. */
  readonly version: number;
}

const VIEWS = [
  ['', 'Now', NowView],
  ['machines', 'Machines', MachinesView],
  ['timeline', 'Timeline', TimelineView],
  ['exposure', 'Exposure', ExposureView],
  ['history', 'History', HistoryView],
] as const;

const READS: Readonly<Record<Me['reads'], string>> = {
  everything: 'You see everything',
  some: 'You see your own, and requests under some policies',
  own: 'You see what is your own',
};

export function App() {
  const place = usePlace();
  const { version, isTold } = useLive();
  const { answer: me, trouble } = useAsk<Me>('me', 0);
  const [, title = 'Request', View] = VIEWS.find(([view]) => view === place.view) ?? ['', 'Request', LeaseView];
  useEffect(() => {
    document.title = `${title} · Drawbridge`;
  }, [title]);
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="top">
        <Go to="/board" className="brand">
          <Logo />
          Drawbridge
        </Go>
        <nav aria-label="Views" className="views">
          {VIEWS.map(([view, name]) => (
            <a
              key={view}
              href={addressOf(view, kept(place.query))}
              aria-current={view === place.view ? 'page' : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.button !== 0) return;
                event.preventDefault();
                go(addressOf(view, kept(place.query)));
              }}
            >
              {name}
            </a>
          ))}
        </nav>
        <span
          className={isTold ? 'live live-on' : 'live'}
          title={isTold ? 'Up to date within a second' : 'Asks every five seconds'}
        >
          {isTold ? 'Live' : 'Every 5 s'}
        </span>
        {me && (
          <span className="who">
            <span className="who-name">{me.name}</span>
            <button type="button" className="quiet small" onClick={() => void leave(me)}>
              Sign out
            </button>
          </span>
        )}
      </header>
      <main id="content" tabIndex={-1}>
        <div className="head">
          <h1>{title}</h1>
          {me && <Filters me={me} place={place} />}
        </div>
        <Wrong trouble={trouble} />
        {me && (
          <Guard of={`${place.view} ${place.id} ${place.query}`}>
            <View me={me} place={place} version={version} />
          </Guard>
        )}
      </main>
    </>
  );
}

/** What stays the same from view to view. */
function kept(query: URLSearchParams): URLSearchParams {
  const own = ['q', 'machine', 'person', 'policy', 'cloud', 'from', 'to'];
  return new URLSearchParams([...query].filter(([name]) => own.includes(name)));
}

const CHIPS = ['machine', 'person', 'policy'] as const;

function Filters({ me, place }: Pick<ViewProps, 'me' | 'place'>) {
  const { view, query } = place;
  const change = (changes: Readonly<Record<string, string>>, isSame = false) =>
    go(addressOf(view, query, { ...changes, skip: '' }), isSame);
  if (view === 'lease') return null;
  return (
    <div className="filters">
      <Search
        label={view === 'machines' ? 'Machine or place' : 'Machine, person, source, or ID'}
        value={query.get('q') ?? ''}
        onChange={(q) => change({ q }, true)}
      />
      <select
        aria-label="Cloud"
        value={query.get('cloud') ?? ''}
        onChange={(event) => change({ cloud: event.target.value })}
      >
        <option value="">All clouds</option>
        {CLOUDS.map(([cloud, name]) => (
          <option key={cloud} value={cloud}>
            {name}
          </option>
        ))}
      </select>
      {CHIPS.map((name) => {
        const value = query.get(name);
        return value === null ? null : (
          <Chip key={name} name={name} value={value} onRemove={() => change({ [name]: '' })} />
        );
      })}
      <span className="soft reads">{READS[me.reads]}</span>
    </div>
  );
}

interface ChipProps {
  readonly name: (typeof CHIPS)[number];
  readonly value: string;
  readonly onRemove: () => void;
}

/** A filter that is on, by the name of what it means where one may be read. */
function Chip({ name, value, onRemove }: ChipProps) {
  const { answer } = useAsk<BoardNames>(`names?${new URLSearchParams({ [name]: value })}`, 0);
  const known = name === 'policy' ? undefined : answer?.[name];
  return (
    <button type="button" className="chip" onClick={onRemove}>
      <span className="chip-text">{`${name}: ${apart(known ?? value.split('/').at(-1) ?? '')}`}</span> ✕
      <span className="hidden"> (remove)</span>
    </button>
  );
}
