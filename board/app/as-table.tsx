import type { TimelineBar, TimelineLine } from '../../src/core/board/timeline.ts';
import { Go, Wide } from './bits.tsx';
import { Heads } from './columns.tsx';
import { leaseAddress } from './place.ts';
import { countText, shortText, timeText } from './words.ts';

const HOUR_MS = 3_600_000;

/** The timeline in words. */
export function AsTable({ lines, now }: { lines: readonly TimelineLine[]; now: number }) {
  return (
    <Wide label="Leases by machine">
      <table>
        <Heads names={['Machine', 'Who', 'From', 'To', 'Open for']} />
        <tbody>
          {lines.flatMap((line) =>
            line.bars.map((bar) => (
              <tr key={`${line.machine} ${bar.from}`}>
                <td>
                  <Go to={hrefOf(bar, line)}>{line.name}</Go>
                </td>
                <td data-label="Who">{bar.count > 1 ? `${countText(bar.count)} leases` : bar.who}</td>
                <td data-label="From">{timeText(bar.from, now)}</td>
                <td data-label="To">
                  {bar.isOpen ? 'open now' : `${timeText(bar.to, now)}${bar.isUnproven ? ', not proven' : ''}`}
                </td>
                <td data-label="Open for" className="number">
                  {shortText(bar.to - bar.from)}
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Wide>
  );
}

/** A bar that stands for several leads to these, closer by. */
export function hrefOf(bar: TimelineBar, line: TimelineLine): string {
  if (bar.count === 1) return leaseAddress(bar.id);
  const room = Math.max((bar.to - bar.from) * 0.2, HOUR_MS);
  const query = new URLSearchParams({
    machine: line.machine,
    from: String(Math.round(bar.from - room)),
    to: String(Math.round(bar.to + room)),
  });
  return `/board/timeline?${query}`;
}
