import { cloudOf, type Machine } from './machine.ts';
import { portText } from './port.ts';
import { type ProtectedPort, portsText } from './protection.ts';
import type { Report, Row, Section } from './report.ts';
import type { StandingRule } from './rule.ts';
import { tidy } from './text.ts';

/** What protecting would change on one machine. */
export interface Change {
  readonly machine: Machine;
  /** Ports that get these limits; empty when all of them have them. */
  readonly ports: readonly ProtectedPort[];
  /** What opens these ports now. */
  readonly open: readonly StandingRule[];
  /** Why it could not be read, in words. */
  readonly fault?: string;
}

const MOST_ROWS = 10;
const MOST_RULES = 2;
const LONGEST_NAME = 60;

/** The page that is to be confirmed: `command` does what it shows. `again` when something changed since it was shown. */
export function changeReport(changes: readonly Change[], command: string, again: boolean): Report {
  const changing = changes.filter(({ ports, fault }) => ports.length > 0 && fault === undefined);
  const same = changes.filter(({ ports, fault }) => ports.length === 0 && fault === undefined);
  const unread = changes.filter(({ fault }) => fault !== undefined);
  const count = `${changing.length} ${changing.length === 1 ? 'machine' : 'machines'}`;
  const button = { label: `Protect ${count}`, command };
  const act: Section = {
    heading: '',
    rows: [
      ...(again ? [{ line: ['Something changed since you were shown this; please look again.'] }] : []),
      {
        line: [`Nothing was changed yet. The same command with \`${lastWords(command)}\` behind it does this.`],
        button,
      },
    ],
  };
  return {
    title: changing.length === 0 ? 'Nothing to protect' : `Protect ${count}?`,
    sections: [
      ...(changing.length > 0 ? [act] : []),
      section('Will be protected', changing, (one) => `${nameOf(one)}: ${portsText(one.ports)}.${openText(one)}`),
      section('Protected like this already', same, (one) => `${nameOf(one)}.`),
      section('Cannot be read', unread, (one) => `${nameOf(one)}: ${one.fault}`),
    ].filter(({ rows }) => rows.length > 0),
  };
}

function lastWords(command: string): string {
  return command.split(' ').slice(-2).join(' ');
}

function openText({ open }: Change): string {
  const alike = Map.groupBy(open, ({ source, through }) => `to ${source} through ${tidy(through, 80)}`);
  const rules = [...alike].map(([how, those]) => `${those.map(({ port }) => portText(port)).join(', ')} ${how}`);
  const more = rules.length > MOST_RULES ? [`and ${rules.length - MOST_RULES} more`] : [];
  return rules.length > 0 ? ` Open now: ${[...rules.slice(0, MOST_RULES), ...more].join('; ')}.` : '';
}

function nameOf({ machine }: Change): string {
  const cloud = cloudOf(machine.id) === 'azure' ? 'Azure' : 'AWS';
  return `${tidy(machine.name, LONGEST_NAME)} (${cloud}, ${machine.location})`;
}

function section(name: string, changes: readonly Change[], text: (change: Change) => string): Section {
  const rows = changes.slice(0, MOST_ROWS).map((change): Row => ({ line: [text(change)] }));
  const more = changes.length - rows.length;
  const rest: readonly Row[] = more > 0 ? [{ line: [`… and ${more} more.`] }] : [];
  return { heading: `${name} (${changes.length})`, rows: [...rows, ...rest] };
}
