import type { BoardNow, ShownRow } from '../../src/ports/board.ts';
import { type Me, useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { Confirm, Empty, Machine, State, Wide, Wrong } from './bits.tsx';
import { ActsHead, Heads, Ports, Source } from './columns.tsx';
import { useNow } from './live.ts';
import { apart, countText, lastsText, shortText, timeText } from './words.ts';

/** What is open now, counting down; what waits, and for whom; what is to come. */
export function NowView({ me, place, version }: ViewProps) {
  const { answer, trouble } = useAsk<BoardNow>(`now?${place.query}`, version);
  const now = useNow(answer?.now);
  if (!answer) return trouble ? <Wrong trouble={trouble} /> : <Empty>Reading …</Empty>;
  const { open, waiting, scheduled, counts } = answer;
  return (
    <>
      <Wrong trouble={trouble} />
      <dl className="tiles">
        <Tile label="Open" value={counts.open} tone="open" />
        <Tile label="Overdue" value={counts.late} tone={counts.late > 0 ? 'bad' : 'plain'} />
        <Tile label="Waiting for a decision" value={counts.waiting} tone={counts.waiting > 0 ? 'warn' : 'plain'} />
        <Tile label="Starting later" value={counts.scheduled} tone="plain" />
      </dl>
      {/* Whoever cannot see it hears what changed. */}
      <output className="hidden">{`${counts.open} open, ${counts.waiting} waiting`}</output>
      <h2>Open</h2>
      {open.length === 0 ? <Empty>Nothing is open.</Empty> : <OpenTable label="Open" rows={open} me={me} now={now} />}
      <More all={counts.open} shown={open.length} query={place.query} />
      <h2>Waiting for a decision</h2>
      {waiting.length === 0 ? (
        <Empty>Nothing waits.</Empty>
      ) : (
        <Wide label="Waiting for a decision">
          <table>
            <Heads names={['Machine', 'Who asks', 'Ports', 'Waits for', 'Waiting', 'Until']} />
            <tbody>
              {waiting.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Machine row={row} />
                  </td>
                  <td data-label="Who asks">{row.requester.name}</td>
                  <Ports row={row} />
                  <td data-label="Waits for">{row.waitsFor?.join(', ') || 'nobody who can be asked'}</td>
                  <td data-label="Waiting" className="number">
                    {shortText(now - row.askedAt)}
                  </td>
                  <td data-label="Until" className="number">
                    {row.answerBy === undefined ? '' : timeText(row.answerBy, now)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      <More all={counts.waiting} shown={waiting.length} query={place.query} />
      {scheduled.length > 0 && <h2>Starting later</h2>}
      {scheduled.length > 0 && <OpenTable label="Starting later" when="Starts" rows={scheduled} me={me} now={now} />}
      <More all={counts.scheduled} shown={scheduled.length} query={place.query} />
    </>
  );
}

interface TableProps {
  readonly label: string;
  /** What the column of times says. */
  readonly when?: string;
  readonly rows: readonly ShownRow[];
  readonly me: Me;
  readonly now: number;
}

function OpenTable({ label, when = 'Left', rows, me, now }: TableProps) {
  return (
    <Wide label={label}>
      <table>
        <Heads names={['Machine', when, 'State', 'For', 'Ports', 'From']}>
          {me.mayAct && <ActsHead name="Close" />}
        </Heads>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <Machine row={row} />
              </td>
              <td data-label={when} className="number">
                <Left row={row} now={now} />
              </td>
              <td data-label="State">
                <State row={row} now={now} />
              </td>
              <td data-label="For">{row.requester.name}</td>
              <Ports row={row} />
              <Source row={row} />
              {me.mayAct && <td className="acts">{row.mayClose && <Close row={row} me={me} />}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** A list is not cut without a word. */
function More({ all, shown, query }: { all: number; shown: number; query: URLSearchParams }) {
  if (all <= shown) return null;
  return (
    <p className="soft">
      {`The first ${countText(shown)} of ${countText(all)}. Filter by machine, person, or cloud to see others, or `}
      <a href={`/board/leases.csv?${query}`} download>
        download all as CSV
      </a>
      .
    </p>
  );
}

function Left({ row, now }: { row: ShownRow; now: number }) {
  if (row.status === 'scheduled' && row.startsAt !== undefined) return `at ${timeText(row.startsAt, now)}`;
  if (row.until === undefined) return '';
  const left = row.until - now;
  const whole = row.until - (row.openedAt ?? row.decidedAt ?? row.askedAt);
  return (
    <span className="two end">
      <span className={left < 300_000 ? 'strong warn-text' : 'strong'}>{left > 0 ? lastsText(left) : 'over'}</span>
      <progress max={1} value={whole > 0 ? Math.max(0, Math.min(1, left / whole)) : 0} aria-label="Time left" />
      <span className="soft">{`until ${timeText(row.until, now)}`}</span>
    </span>
  );
}

export function Close({ row, me }: { row: ShownRow; me: Me }) {
  return (
    <Confirm
      me={me}
      label="Close now"
      title={`Close access to ${apart(row.machineName)}?`}
      says={`${apart(row.requester.name)} loses access to ${row.ports.length === 1 ? 'port' : 'ports'} ${row.ports.join(', ')} at once. This cannot be undone; they may ask again.`}
      what="close"
      fields={{ request: row.id }}
      asksWhy
      isRisky
    />
  );
}

function Tile({ label, value, tone }: { label: string; value: number; tone: string }) {
  return (
    <div className={`tile tile-${tone}`}>
      <dt>{label}</dt>
      <dd>{countText(value)}</dd>
    </div>
  );
}
