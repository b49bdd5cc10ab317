import type { BoardHistory } from '../../src/ports/board.ts';
import { useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { Empty, Go, Machine, Pages, State, Wide, Wrong } from './bits.tsx';
import { addressOf, go } from './place.ts';
import { Span } from './span.tsx';
import { countText, lastsText, shortText, sourceText, timeText } from './words.ts';

const PAGE = 50;

/** What is over, the newest first. */
export function HistoryView({ place, version }: ViewProps) {
  const { query } = place;
  const skip = Number(query.get('skip') ?? 0);
  const asked = new URLSearchParams(query);
  asked.set('most', String(PAGE));
  const { answer, trouble } = useAsk<BoardHistory>(`history?${asked}`, version);
  const file = new URLSearchParams(query);
  file.delete('skip');
  return (
    <>
      <div className="bar">
        <Span place={place} />
        <a className="button quiet" href={`/board/leases.csv?${file}`} download>
          Download CSV
        </a>
      </div>
      <Wrong trouble={trouble} />
      {!answer && !trouble && <Empty>Reading …</Empty>}
      {answer && (
        <p className="soft">
          {`${countText(answer.all)} requests are over.`}
          {answer.isCut && ' The oldest are left out: there are more than the board keeps in memory.'}
        </p>
      )}
      {answer && answer.rows.length > 0 && (
        <Wide label="What is over">
          <table>
            <thead>
              <tr>
                <th scope="col">Machine</th>
                <th scope="col">For</th>
                <th scope="col">Ports</th>
                <th scope="col">From</th>
                <th scope="col">Decided by</th>
                <th scope="col">Open</th>
                <th scope="col">Outcome</th>
                <th scope="col">Late</th>
              </tr>
            </thead>
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
                  <td data-label="Ports" className="mono">
                    {row.ports.join(', ')}
                  </td>
                  <td data-label="From" className="mono">
                    {sourceText(row.source, row.sourceName)}
                  </td>
                  <td data-label="Decided by">{row.deciders?.join(', ') ?? '–'}</td>
                  <td data-label="Open">
                    <span className="two">
                      <span>{timeText(row.openedAt ?? row.askedAt, answer.now)}</span>
                      <span className="soft">
                        {row.openedAt === undefined || row.closedAt === undefined
                          ? 'never open'
                          : `for ${lastsText(row.closedAt - row.openedAt)}`}
                      </span>
                    </span>
                  </td>
                  <td data-label="Outcome">
                    <State row={row} now={answer.now} />
                  </td>
                  <td data-label="Late" className="number">
                    {row.lateMs === undefined ? '–' : shortText(row.lateMs)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {answer && answer.rows.length === 0 && <Empty>Nothing fits.</Empty>}
      <Pages
        skip={skip}
        most={PAGE}
        all={answer?.all ?? 0}
        onSkip={(to) => go(addressOf('history', query, { skip: to === 0 ? '' : String(to) }))}
      />
    </>
  );
}
