import { useRef } from 'react';
import type { PageState } from '../state.ts';
import { BadDayMenu } from './bad-day.tsx';
import { Clouds } from './clouds/clouds.tsx';
import { openingsOf } from './clouds/headline.tsx';
import { FIRST_COMMAND, Guide } from './guide.tsx';
import { useKept } from './kept.ts';
import { useLine } from './line.ts';
import { Skew, useLive } from './live.ts';
import { MoreToTry, type Try } from './more.tsx';
import { Slack } from './slack/slack.tsx';
import { Teams } from './teams/teams.tsx';

const PANES = ['slack', 'teams', 'clouds'] as const;

/** The whole page: two chats side by side, and below them what the clouds hold. */
export function App() {
  const { state, skewMs, connected } = useLive();
  return (
    <Skew value={skewMs}>
      {!connected && (
        <p className="lost" role="alert">
          The demo does not respond. If it was stopped, start it again; this page reconnects by itself.
        </p>
      )}
      {state ? <Stage state={state} /> : <p className="loading">Loading…</p>}
    </Skew>
  );
}

function Stage({ state }: { readonly state: PageState }) {
  const [pane, setPane] = useKept<(typeof PANES)[number]>('pane', 'slack');
  const [slackId, setSlackId] = useKept<string>('slack', 'ada');
  const [teamsId, setTeamsId] = useKept<string>('teams', 'grace');
  const [place, setPlace] = useKept<string>('slack-place', state.channels.slack.id);
  const slackInput = useRef<HTMLInputElement>(null);
  const teamsInput = useRef<HTMLInputElement>(null);
  const slackLine = useLine();
  const teamsLine = useLine();
  const { rules } = openingsOf(state);

  const person = (id: string) => {
    const found = state.people.find((one) => one.id === id) ?? state.people[0];
    if (!found) throw new Error('The simulated world has no people.');
    return found;
  };
  const start = ({ chat, as, line }: Pick<Try, 'chat' | 'as' | 'line'>) => {
    setPane(chat);
    (chat === 'slack' ? setSlackId : setTeamsId)(as);
    if (chat === 'slack') setPlace(line === undefined ? 'home' : state.channels.slack.id);
    if (line === undefined) return;
    (chat === 'slack' ? slackLine : teamsLine).type(line);
    (chat === 'slack' ? slackInput : teamsInput).current?.focus();
  };
  return (
    <div className="stage" data-pane={pane}>
      <header className="bar">
        <h1>
          <span className="logo" aria-hidden="true" />
          Drawbridge
        </h1>
        <Guide
          state={state}
          onType={() => start({ chat: 'slack', as: 'ada', line: FIRST_COMMAND })}
          isTyped={slackLine.draft === FIRST_COMMAND}
        />
        {state.program.board && (
          <a className="board-link" href={state.program.board} target="_blank" rel="noreferrer">
            The board
          </a>
        )}
        <MoreToTry onStart={start} />
        <BadDayMenu state={state} />
      </header>
      <nav className="tabs" aria-label="Parts of the page">
        {PANES.map((one) => (
          <button key={one} type="button" aria-pressed={pane === one} onClick={() => setPane(one)}>
            {{ slack: 'Slack', teams: 'Teams', clouds: rules > 0 ? `Clouds · ${rules} open` : 'Clouds' }[one]}
          </button>
        ))}
      </nav>
      <main>
        <Slack
          state={state}
          person={person(slackId)}
          onPerson={setSlackId}
          place={place}
          onPlace={setPlace}
          line={slackLine}
          input={slackInput}
        />
        <Teams state={state} person={person(teamsId)} onPerson={setTeamsId} line={teamsLine} input={teamsInput} />
        <Clouds state={state} />
      </main>
    </div>
  );
}
