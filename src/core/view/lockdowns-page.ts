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
      'In Azure a lockdown is a rule of Drawbridge’s own: `/jit restore <machine>` shows what putting it back opens.',
    ],
  };
  return {
    title: count === 0 ? 'No undo records' : `${count} undo ${count === 1 ? 'record' : 'records'} of lockdowns`,
    isWhole: true,
    sections: [
      ...(count === 0 ? [] : [{ heading: 'Closed', rows: sorted.map(rowOf) }]),
      { heading: '', rows: [azure] },
    ],
  };
}

function rowOf({ id, what, ports, machines, unsigned }: ListedLockdown): Row {
  const closed = ports.length > 0 ? `; ${ports.map(portText).join(', ')} closed` : '';
  const shown = machines.slice(0, MOST_MACHINES).map((name) => tidy(name, 30));
  const more = machines.length > MOST_MACHINES ? [`${machines.length - MOST_MACHINES} more`] : [];
  const whom = shown.length > 0 ? ` for ${[...shown, ...more].join(', ')}` : '';
  const sign = unsigned === undefined ? '' : ' Not signed.';
  return {
    line: [`\`${id}\` ${tidy(what, 130)}${tidy(closed, 40)}${whom}.${sign}`],
    button: { label: 'Show what it opens', command: `restore ${id}` },
  };
}
