import { commas, say } from '../language/say.ts';
import { tidy } from '../language/text.ts';
import { type Port, portText } from '../rule/port.ts';
import type { Report, Row } from './report.ts';

/** One undo record, in words. */
export interface ListedLockdown {
  readonly id: string;
  readonly what: string;
  readonly ports: readonly Port[];
  readonly machines: readonly string[];
  readonly unsigned?: string;
}

const MOST_MACHINES = 3;

/** What is closed by lockdowns, each with the button that shows what putting it back would open. */
export function lockdownsReport(all: readonly ListedLockdown[]): Report {
  const sorted = all.toSorted((a, b) => a.what.localeCompare(b.what) || a.id.localeCompare(b.id));
  const count = sorted.length;
  const azure: Row = {
    line: [
      say`In Azure a lockdown is a rule of Drawbridge’s own: \`/jit restore <machine>\` shows what putting it back opens.`,
    ],
  };
  return {
    title:
      count === 0
        ? say`No undo records`
        : count === 1
          ? say`${count} undo record of lockdowns`
          : say`${count} undo records of lockdowns`,
    isWhole: true,
    sections: [
      ...(count === 0 ? [] : [{ heading: 'Closed', rows: sorted.map(rowOf) }]),
      { heading: '', rows: [azure] },
    ],
  };
}

function rowOf({ id, what, ports, machines, unsigned }: ListedLockdown): Row {
  const closed = ports.length > 0 ? say`; ${tidy(ports.map(portText).join(', '), 31)} closed` : '';
  const shown = machines.slice(0, MOST_MACHINES).map((name) => tidy(name, 30));
  const more = machines.length > MOST_MACHINES ? [say`${machines.length - MOST_MACHINES} more`] : [];
  const whom = shown.length > 0 ? say` for ${commas([...shown, ...more])}` : '';
  const sign = unsigned === undefined ? '' : say` Not signed.`;
  return {
    line: [say`\`${id}\` ${tidy(what, 130)}${closed}${whom}.${sign}`],
    button: { label: 'Show what it opens', command: `restore ${id}` },
  };
}
