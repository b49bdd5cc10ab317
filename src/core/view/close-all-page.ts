import { say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import type { Report, Row } from './report.ts';

/** What is open, a line each. */
interface OpenLines {
  readonly access: readonly Line[];
  readonly lost: readonly Line[];
  /** Requests that wait for a decision. */
  readonly waiting: number;
}

interface Ask {
  readonly count: number;
  readonly code: string;
  /** Something else is open since it was shown. */
  readonly again: boolean;
  readonly reason: string | undefined;
}

const MOST_ROWS = 11;

/** The page before everything is closed: closing asks for less than opening does, so that it may be cut. */
export function closeAllReport({ access, lost, waiting }: OpenLines, ask: Ask): Report {
  const { count, code, again, reason } = ask;
  const because = reason === undefined ? '' : ` because ${reason}`;
  const waits =
    waiting === 0
      ? ''
      : say` ${waiting} ${waiting === 1 ? say`request waits` : say`requests wait`} for a decision and can still be approved.`;
  const changed: Row = { line: [say`Something else is open since this was shown. Check it again.`] };
  const head: Row = {
    line: [say`Nothing was closed yet. Protections, and rules that others made, stay as they are.${waits}`],
  };
  return {
    title: count === 1 ? say`Close the one access that is open?` : say`Close all ${count} that are open?`,
    sections: [
      { heading: '', rows: [...(again ? [changed] : []), head] },
      { heading: 'Access that ends', rows: cut(access) },
      { heading: 'Without a record', rows: cut(lost) },
      {
        heading: '',
        rows: [
          {
            line: [
              count === 1
                ? say`To close it: \`/jit close all confirm ${code}${because}\``
                : say`To close them: \`/jit close all confirm ${code}${because}\``,
            ],
            button: {
              label: count === 1 ? say`Close it` : say`Close all ${count}`,
              command: `close all confirm ${code}${because}`,
            },
          },
        ],
      },
    ].filter(({ rows }) => rows.length > 0),
  };
}

function cut(lines: readonly Line[]): readonly Row[] {
  const more = lines.length - MOST_ROWS;
  return [
    ...lines.slice(0, MOST_ROWS).map((line): Row => ({ line })),
    ...(more > 0
      ? [{ line: [say`… and ${more} more: \`/jit list all\`, or \`npx jit list\` for the whole list.`] }]
      : []),
  ];
}
