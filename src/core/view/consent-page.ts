import { commas, say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import { remedyText, stayText } from '../machine/lockdown.ts';
import type { AskedPage, ClosingChange } from '../policy/consent.ts';
import { portText } from '../rule/port.ts';
import { consentRows } from './consent.ts';
import { list, namesOf, openText } from './protect-page.ts';
import type { Report, Row, Section } from './report.ts';

/** What the page is besides what would be closed. */
interface Asked {
  readonly code: string;
  readonly entry: string;
  /** Something changed since it was shown. */
  readonly again?: boolean;
}

const MOST_NAMES = 5;

/** The page that somebody agrees to before the configuration closes anything: what would be closed, and for whom. */
export function consentPage(changes: readonly ClosingChange[], { code, entry, again = false }: Asked): Report {
  const closing = changes.filter(({ plan }) => plan.remedies.length > 0);
  const name = namesOf(changes);
  const [first] = closing;
  const count = closing.length === 1 && first ? tidy(first.machine.name, 40) : say`${closing.length} machines`;
  const head: Section = {
    heading: '',
    rows: [
      ...(again ? [{ line: [say`Something has changed since this was shown. Check it again.`] }] : []),
      {
        line: [
          say`\`${entry}\` in the configuration wants these ports closed to standing rules. Nothing was closed yet. After somebody agreed, Drawbridge closes exactly this.`,
        ],
      },
    ],
  };
  const remedies = [...new Set(closing.flatMap(({ plan }) => plan.remedies.map(remedyText)))];
  const stays = [...new Set(changes.flatMap(({ plan }) => plan.stays.map(stayText)))];
  const row: Row = {
    line: [
      say`To agree, type \`/jit consent confirm ${code}\`. The old rules are recorded; \`restore\` shows them, and puts them back.`,
    ],
    button: { label: 'Agree to close', command: `consent confirm ${code}` },
  };
  return {
    title: say`Lock down ${count}?`,
    isWhole: true,
    sections: [
      head,
      list(
        'Machines',
        closing.map((one) => machineText(one, name(one))),
      ),
      list('Will be closed', remedies),
      list('Stays open', stays),
      { heading: '', rows: [row] },
    ].filter(({ rows }) => rows.length > 0),
  };
}

function machineText(change: ClosingChange, name: string): Phrase {
  return say`${name}: ${change.ports.map(portText).join(', ')}.${openText(change)}`;
}

/** `/jit consent`: the pages that wait, and those that somebody agreed to and that are not closed yet. */
export function waitingReport(pages: readonly AskedPage[], nameOfMachine: (id: string) => string): Report {
  const waiting = pages.filter(({ agreed }) => !agreed);
  const agreed = pages.filter((page) => page.agreed);
  const sections: readonly Section[] = [
    {
      heading: say`Waiting for consent (${waiting.length})`,
      rows: waiting.map((page) => waitingRow(page, nameOfMachine)),
    },
    {
      heading: say`Agreed to, and not closed yet (${agreed.length})`,
      rows: agreed.map((page) => ({ line: agreedLine(page, nameOfMachine) })),
    },
  ];
  return {
    title: pages.length === 0 ? say`Nothing waits for consent` : say`Lockdown that the configuration wants`,
    sections: sections.filter(({ rows }) => rows.length > 0),
  };
}

function waitingRow({ code, entry, machines, at }: AskedPage, nameOfMachine: (id: string) => string): Row {
  const line: Line = [say`\`${code}\`: ${namesText(machines, nameOfMachine)}, by \`${entry}\`, since ${{ at }}.`];
  return { line, button: { label: 'Show', command: `consent ${code}` } };
}

function agreedLine({ code, entry, items, agreed }: AskedPage, nameOfMachine: (id: string) => string): Line {
  const machines = [...new Set(items.map(({ machine }) => machine))];
  const by: Line = agreed ? [say`; ${tidy(agreed.by, 80)} agreed ${{ at: agreed.at }}`] : [];
  return [say`\`${code}\`: ${namesText(machines, nameOfMachine)}, by \`${entry}\`${by}.`];
}

function namesText(machines: readonly string[], nameOfMachine: (id: string) => string): Phrase {
  const more = machines.length - MOST_NAMES;
  const shown = machines.slice(0, MOST_NAMES).map((id) => tidy(nameOfMachine(id), 60));
  return say`${commas([...shown, ...(more > 0 ? [say`and ${more} more`] : [])])}`;
}

/** Somebody agreed to a page. */
export function agreedReport(by: string, { code, entry }: AskedPage, changes: readonly ClosingChange[]): Report {
  const names = changes.map(({ machine }) => tidy(machine.name, 60)).join(', ');
  const text = say`${tidy(by, 80)} agreed to close what page \`${code}\` shows for ${names}, as \`${entry}\` in the configuration wants. Drawbridge closes it at one of its next patrols, a machine in use when nobody has access to it.`;
  return { title: 'Agreed to a lockdown', sections: [{ heading: '', rows: consentRows([text]) }] };
}
