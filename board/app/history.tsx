import type { BoardRow } from '../../src/core/board/row.ts';
import type { BoardHistory } from '../../src/ports/board.ts';
import { useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { Empty, Go, Machine, Pages, State, Wide, Wrong } from './bits.tsx';
import { Heads, Ports, Source } from './columns.tsx';
import { addressOf, go, skipIn } from './place.ts';
import { Span } from './span.tsx';
import { countText, shortText, timeText } from './words.ts';

const PAGE = 50;
/** Of the CSV (src/app/board/desk.ts). */
const MOST_LINES = 100_000;

/** What is over, the newest first. */
export function HistoryView({ place, version }: ViewProps) {
  const { query } = place;
  const skip = skipIn(query);
  const asked = new URLSearchParams(query);
  asked.set('most', String(PAGE));
  const { answer, trouble } = useAsk<BoardHistory>(`history?${asked}`, version);
  const file = new URLSearchParams(query);
  file.delete('skip');
  return (
    <>
      <div className="bar">
        <Span place={place} now={answer?.now} />
        <a className="button quiet" href={`/board/leases.csv?${file}`} download>
          Download CSV
        </a>
      </div>
      <Wrong trouble={trouble} />
      {!answer && !trouble && <Empty>Reading …</Empty>}
      {answer && (
        <p className="soft">
          {answer.all === 1 ? '1 request is over.' : `${countText(answer.all)} requests are over.`}
          {answer.isCut && ' The oldest are left out: there are more than the board keeps in memory.'}
          {answer.all > MOST_LINES && ` The CSV has the newest ${countText(MOST_LINES)}.`}
        </p>
      )}
      {answer && answer.rows.length > 0 && (
        <Wide label="What is over">
          <table>
            <Heads names={['Machine', 'For', 'Ports', 'From', 'Decided by', 'Open', 'Outcome', 'Late']} />
            <tbody>
              {answer.rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Machine row={row} />
                  </td>
                  <td data-label="For">
                    <Go to={addressOf('history', query, { person: row.requester.id, skip: '' })}>
                      {row.requester.name}
                    </Go>
                  </td>
                  <Ports row={row} />
                  <Source row={row} />
                  <td data-label="Decided by">{row.deciders?.join(', ') ?? '–'}</td>
                  <td data-label="Open">
                    <span className="two">
                      <span>{timeText(row.openedAt ?? row.askedAt, answer.now)}</span>
                      <span className="soft">{openText(row)}</span>
                    </span>
                  </td>
                  <td data-label="Outcome">
                    <State row={row} now={answer.now} />
                  </td>
                  <td data-label="Late" className="number">
                    {row.lateMs === undefined || row.verdict === 'unknown' ? '–' : shortText(row.lateMs)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {answer && answer.rows.length === 0 && (
        <Empty>{answer.all === 0 ? 'Nothing fits.' : 'Nothing is on this page.'}</Empty>
      )}
      <Pages
        skip={skip}
        most={PAGE}
        all={answer?.all ?? 0}
        onSkip={(to) => go(addressOf('history', query, { skip: to === 0 ? '' : String(to) }))}
      />
    </>
  );
}

/** How long it was open, as far as that is known: what nobody read back as closed may be open still. */
function openText({ status, openedAt, closedAt, verdict }: BoardRow): string {
  if (openedAt === undefined) return status === 'ended' ? 'not known to have opened' : 'never open';
  if (closedAt === undefined || verdict === 'unknown') return 'closing not proven';
  return `for ${shortText(closedAt - openedAt)}`;
}
