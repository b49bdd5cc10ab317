import { useState } from 'react';
import type { CloudCall } from '../../state.ts';
import { secondsOf } from '../clock.ts';

/** The last calls that the clouds answered, newest first; without those that only read, unless these are wanted. */
export function Calls({ calls }: { readonly calls: readonly CloudCall[] }) {
  const [all, setAll] = useState(false);
  const shown = calls.filter(({ changes, fault }) => all || changes || fault);
  return (
    <section className="calls" aria-label="Calls to the clouds">
      <header>
        <h3>Calls to the clouds</h3>
        <label>
          <input type="checkbox" checked={all} onChange={({ target }) => setAll(target.checked)} /> show reads
        </label>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls with the keyboard. */}
      <ol tabIndex={0} aria-label="Newest first">
        {shown.length === 0 && <li className="call">none yet</li>}
        {shown.map(({ id, atMs, cloud, text, ok, fault }) => (
          <li key={id} className={ok ? 'call' : 'call call-failed'}>
            <time>{secondsOf(atMs)}</time>
            <span className={`call-cloud call-${cloud}`}>{cloud}</span>
            <span className="call-text" title={text}>
              {text}
            </span>
            {fault && <em>bad day: {fault}</em>}
          </li>
        ))}
      </ol>
    </section>
  );
}
