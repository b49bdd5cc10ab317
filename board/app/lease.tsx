import type { BoardStory } from '../../src/ports/board.ts';
import { useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { Badge, Coded, Empty, Go, State, Wide, Wrong } from './bits.tsx';
import { Heads } from './columns.tsx';
import { useNow } from './live.ts';
import { Close } from './now.tsx';
import { addressOf } from './place.ts';
import { isoText, shortText, wholeText } from './words.ts';

/** One request with all that is known of it, and its proof. */
export function LeaseView({ me, place, version }: ViewProps) {
  const { answer, trouble } = useAsk<BoardStory>(`lease/${encodeURIComponent(place.id)}`, version);
  const now = useNow(answer?.now);
  if (!answer) return trouble ? <Wrong trouble={trouble} /> : <Empty>Reading …</Empty>;
  const { row, facts, justification, moments, proof, entries } = answer;
  return (
    <article className="lease">
      <Wrong trouble={trouble} />
      <section className="panel">
        <div className="bar">
          <h2>
            {row.machineName} <span className="soft mono">{row.id}</span>
          </h2>
          <State row={row} now={now} />
          {row.mayClose && <Close row={row} me={me} />}
        </div>
        <blockquote>{justification}</blockquote>
        <dl className="facts">
          {facts.map(([label, text]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <Coded text={text} />
              </dd>
            </div>
          ))}
        </dl>
        <p>
          <Go to={addressOf('timeline', new URLSearchParams({ machine: row.machine }))}>All access to this machine</Go>
          {' · '}
          <Go
            to={addressOf('history', new URLSearchParams({ person: row.requester.id }))}
          >{`All of ${row.requester.name}`}</Go>
        </p>
      </section>
      <section className="panel">
        <h2>Proof</h2>
        {proof.length === 0 ? (
          <Empty>Nothing was read back yet: that is done when it is closed.</Empty>
        ) : (
          <ul className="proof">
            {proof.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
        {row.lateMs !== undefined && row.verdict !== 'unknown' && (
          <p className="soft">{`Read back ${shortText(row.lateMs)} after its end.`}</p>
        )}
      </section>
      <section className="panel">
        <h2>What happened</h2>
        <ol className="story">
          {moments.map((moment, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the record only grows
            <li key={i}>
              <time dateTime={isoText(moment.at)}>{wholeText(moment.at)}</time>
              <b>{moment.event}</b>
              <span>
                {moment.by !== undefined && `by ${moment.by}`}
                {moment.text !== undefined && <q>{moment.text}</q>}
              </span>
            </li>
          ))}
        </ol>
      </section>
      <section className="panel">
        <h2>In the audit</h2>
        {entries.length === 0 ? (
          <Empty>No entries of it are kept in Redis. The files of the audit have what there was.</Empty>
        ) : (
          <Wide label="Entries of the audit">
            <table>
              <Heads names={['Sequence', 'When', 'What', 'Who', 'SHA-256']} />
              <tbody>
                {entries.map((entry) => (
                  <tr key={entry.place}>
                    <td data-label="Sequence" className="mono">
                      {entry.place.split('-').at(-1)}
                    </td>
                    <td data-label="When">{wholeText(entry.at)}</td>
                    <td data-label="What">{`${entry.event} (${entry.outcome})`}</td>
                    <td data-label="Who">{`${entry.by}, as ${entry.as}`}</td>
                    <td data-label="SHA-256">
                      <span className="two">
                        <code className="hash">{entry.hash}</code>
                        <span>
                          {entry.isIntact ? (
                            <Badge tone="plain">fits its hash</Badge>
                          ) : (
                            <Badge tone="bad">changed</Badge>
                          )}
                        </span>
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        )}
      </section>
    </article>
  );
}
