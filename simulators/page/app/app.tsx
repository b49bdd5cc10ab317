import { useEffect, useRef, useState } from 'react';
import type { PageState } from '../state.ts';
import { BadDayMenu } from './bad-day.tsx';
import { Clouds } from './clouds/clouds.tsx';
import { openingsOf } from './clouds/headline.tsx';
import { FIRST_COMMAND, Guide } from './guide.tsx';
import { Skew, useLive, useStill } from './live.ts';
import { Slack } from './slack/slack.tsx';
import { Teams } from './teams/teams.tsx';

const PANES = ['slack', 'teams', 'clouds'] as const;
const TYPE_MS = 18;

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
  const [pane, setPane] = useState<(typeof PANES)[number]>('slack');
  const [slackId, setSlackId] = useState('ada');
  const [teamsId, setTeamsId] = useState('grace');
  const [slackDraft, setSlackDraft] = useState('');
  const [teamsDraft, setTeamsDraft] = useState('');
  const [hasOpened, setHasOpened] = useState(false);
  const slackInput = useRef<HTMLInputElement>(null);
  const teamsInput = useRef<HTMLInputElement>(null);
  const typeSlowly = useTyping(setSlackDraft);
  const { rules } = openingsOf(state);
  useEffect(() => {
    if (rules > 0) setHasOpened(true);
  }, [rules]);

  const person = (id: string) => {
    const found = state.people.find((one) => one.id === id) ?? state.people[0];
    if (!found) throw new Error('The simulated world has no people.');
    return found;
  };
  const typeFirst = () => {
    setPane('slack');
    setSlackId('ada');
    typeSlowly(FIRST_COMMAND);
    slackInput.current?.focus();
  };
  return (
    <div className="stage" data-pane={pane}>
      <header className="bar">
        <h1>
          <span className="logo" aria-hidden="true" />
          Drawbridge
        </h1>
        <Guide state={state} hasOpened={hasOpened} onType={typeFirst} />
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
          draft={slackDraft}
          onDraft={setSlackDraft}
          input={slackInput}
        />
        <Teams
          state={state}
          person={person(teamsId)}
          onPerson={setTeamsId}
          draft={teamsDraft}
          onDraft={setTeamsDraft}
          input={teamsInput}
        />
        <Clouds state={state} />
      </main>
    </div>
  );
}

/** Types a line as somebody would, or at once for whoever wants no motion. */
function useTyping(onText: (text: string) => void): (line: string) => void {
  const isStill = useStill();
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  useEffect(() => () => clearInterval(timer.current), []);
  return (line) => {
    clearInterval(timer.current);
    if (isStill) return onText(line);
    let length = 0;
    timer.current = setInterval(() => {
      length += 1;
      onText(line.slice(0, length));
      if (length >= line.length) clearInterval(timer.current);
    }, TYPE_MS);
  };
}
