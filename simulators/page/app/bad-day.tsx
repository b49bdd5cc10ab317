import { useState } from 'react';
import type { BadCloud, BadDay as Kind, PageState } from '../state.ts';
import { post } from './post.ts';

const KINDS: readonly { readonly kind: Kind; readonly label: string; readonly text: string }[] = [
  { kind: 'throttle', label: 'Throttles', text: 'every change gets a 429' },
  { kind: 'lostReply', label: 'Loses replies', text: 'the change is made, then the connection drops' },
  { kind: 'slow', label: 'Is slow', text: 'every call takes 1.5 s longer' },
];
const NAMES: Readonly<Record<BadCloud, string>> = { azure: 'Azure', aws: 'AWS' };

/** What can go wrong, by a switch each; and `kill -9`. */
export function BadDayMenu({ state }: { readonly state: PageState }) {
  const [killing, setKilling] = useState(false);
  const { status, canRestart } = state.program;
  const on = state.badDays.azure.length + state.badDays.aws.length;
  const isDown = killing || status === 'stopped';
  const kill = async () => {
    setKilling(true);
    await post('/api/program/kill', {});
    setKilling(false);
  };
  return (
    <div className="tools">
      <p className={isDown ? 'program program-down' : 'program'} role="status">
        {isDown ? 'Program is down' : 'Program is running'}
      </p>
      <button type="button" className="menu-button" popoverTarget="bad-day">
        Bad day{on > 0 && <span className="badge">{on}</span>}
      </button>
      <div className="menu" id="bad-day" popover="auto">
        {(['azure', 'aws'] as const).map((cloud) => (
          <fieldset key={cloud}>
            <legend>{NAMES[cloud]}</legend>
            {KINDS.map(({ kind, label, text }) => (
              <label key={kind}>
                <input
                  type="checkbox"
                  checked={state.badDays[cloud].includes(kind)}
                  onChange={({ target }) => void post('/api/bad-day', { cloud, kind, on: target.checked })}
                />
                <span>
                  <b>{label}</b> {text}
                </span>
              </label>
            ))}
          </fieldset>
        ))}
        {canRestart && (
          <button type="button" className="kill" disabled={isDown} onClick={kill}>
            {isDown ? 'Restarting…' : 'kill -9 and restart the program'}
          </button>
        )}
      </div>
    </div>
  );
}
