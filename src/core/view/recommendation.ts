import type { Instant } from '../language/instant.ts';
import { commas, headed, say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import type { AssessedMachine, Verdict } from '../machine/assessment.ts';
import { CLOUD_NAMES, cloudOf, type MachineId } from '../machine/machine.ts';
import type { UnservedMachine } from '../machine/match.ts';
import { entriesOf, heldPorts } from '../policy/held.ts';
import { meansMachine } from '../policy/machines.ts';
import type { ProtectionEntry } from '../policy/policy.ts';
import type { Who } from '../request/review.ts';
import { entriesText, heldText } from './held.ts';
import type { Report, Row, Section } from './report.ts';
import { who } from './words.ts';

/** All machines of all clouds, as they were found. */
export interface Survey {
  readonly machines: readonly AssessedMachine[];
  /** What of the clouds could not be read, in words. */
  readonly unread: readonly string[];
  /** What is there, and cannot be requested. */
  readonly unserved?: readonly UnservedMachine[];
  /** What we made and nobody uses any more, in sentences. */
  readonly leftovers?: readonly string[];
  readonly usage: ReadonlyMap<MachineId, Usage>;
  /** What the configuration wants protected. */
  readonly protections?: readonly ProtectionEntry[];
}

/** Who was given access to a machine of late. */
export interface Usage {
  readonly inSevenDays: number;
  readonly last: Instant;
  readonly by: Who;
}

const MOST_ROWS = 10;
const MOST_REASONS = 2;
const LONGEST_NAME = 60;
const LONGEST_REASON = 200;

const VERDICTS: Readonly<Record<Verdict, Phrase>> = {
  healthy: say`Healthy`,
  unhealthy: say`Unhealthy`,
  notApplicable: say`Not applicable`,
  unknown: say`Cannot tell`,
};

/** `/jit recommend`: what stands open first, with a button to protect it; then the tabs of Microsoft's page. */
export function reportOf(survey: Survey): Report {
  const { configured, notConfigured, unsupported } = tabsOf(survey);
  return {
    title: titleOf(survey),
    sections: [
      unhealthySection(survey),
      ...stillOpenSections(survey),
      section('Configured', configured, (one) => ({ line: usedLine(one, survey) })),
      section(
        'Not configured, healthy',
        notConfigured.filter(({ verdict }) => verdict === 'healthy'),
        (one) => ({ line: line(one) }),
      ),
      section(
        'Not configured, cannot tell',
        notConfigured.filter(({ verdict }) => verdict === 'unknown'),
        (one) => ({ line: line(one) }),
      ),
      section('Unsupported', unsupported, (one) => ({ line: line(one) })),
      unservedSection(survey),
      heldSection(survey),
      leftoverSection(survey),
      unreadSection(survey),
    ].filter(({ rows }) => rows.length > 0),
  };
}

/** What the channel is told every day: what stands open, and of the rest how many there are. */
export function digestOf(survey: Survey): Report {
  const { configured, notConfigured, unsupported } = tabsOf(survey);
  const counts = [
    say`${configured.length} protected`,
    say`${notConfigured.length} not configured`,
    say`${unsupported.length} unsupported`,
  ];
  return {
    title: titleOf(survey),
    sections: [
      unhealthySection(survey),
      ...stillOpenSections(survey),
      leftoverSection(survey),
      unreadSection(survey),
      { heading: '', rows: [{ line: [say`${commas(counts)}. \`/jit recommend\` shows all.`] }] },
    ].filter(({ rows }) => rows.length > 0),
  };
}

function titleOf({ machines }: Survey): Phrase {
  const count = machines.filter(isUnhealthy).length;
  const all = machines.length === 1 ? say`${machines.length} machine` : say`${machines.length} machines`;
  return count === 0 ? say`No recommendations for ${all}` : say`${count} of ${all} should be protected`;
}

function tabsOf({ machines }: Survey) {
  const on = (tab: AssessedMachine['tab']) => machines.filter((one) => one.tab === tab);
  return { configured: on('configured'), notConfigured: on('notConfigured'), unsupported: on('unsupported') };
}

function unhealthySection({ machines }: Survey): Section {
  const { heading, rows } = section('Unhealthy', machines.filter(isUnhealthy), (one) => ({
    line: line(one),
    button: { label: say`Protect ${tidy(one.machine.name, LONGEST_NAME)}`, command: `protect ${one.machine.id}` },
  }));
  const count = machines.filter(({ tab }) => tab === 'notConfigured').length;
  const all: Row = {
    line: [say`${count} machines are not configured. The changes are shown first.`],
    button: { label: 'Protect all', command: 'protect not-configured usual' },
  };
  return { heading, rows: rows.length > 0 && count > 1 ? [all, ...rows] : rows };
}

/** Protecting alone closes no rule of somebody else: whoever reads that a machine is protected must know. Open to a group is not open to the world. */
function stillOpenSections({ machines }: Survey): readonly Section[] {
  const open = machines.filter(({ stillOpen = [] }) => stillOpen.length > 0);
  return [
    stillOpenSection(
      say`Protected but still open`,
      open.filter(({ opensToFew }) => !opensToFew),
    ),
    stillOpenSection(
      say`Protected, and open to networks and groups alone`,
      open.filter(({ opensToFew }) => opensToFew),
    ),
  ];
}

function stillOpenSection(name: Phrase, open: readonly AssessedMachine[]): Section {
  return section(name, open, (one) => ({
    line: line(one, one.stillOpen),
    button: {
      label: say`Lock down ${tidy(one.machine.name, LONGEST_NAME)}`,
      command: `protect ${one.machine.id} closing`,
    },
  }));
}

/** Whoever misses one finds out why it is nowhere. */
function unservedSection({ unserved = [] }: Survey): Section {
  const rows = unserved
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, location, because }): Row => {
      return { line: [tidy(`${tidy(name, LONGEST_NAME)} (${location}): ${because}.`, LONGEST_REASON)] };
    });
  return { heading: say`Cannot be opened (${unserved.length})`, rows: cut(rows) };
}

function leftoverSection({ leftovers = [] }: Survey): Section {
  return { heading: 'Leftovers', rows: cut(leftovers.map((text): Row => ({ line: [tidy(text, LONGEST_REASON)] }))) };
}

/** Which machines each entry of `protections` means: one that means none is a slip of the pen, or comes too late. */
function heldSection({ machines, protections = [], unread }: Survey): Section {
  const rows = protections.map(({ name, machines: held }): Row => {
    const own = machines.filter(({ machine }) => meansMachine(held, machine));
    const text = heldText({
      entry: name,
      machines: own.map(({ machine }) => machine.name),
      unprotected: own.filter(({ tab }) => tab !== 'configured').map(({ machine }) => machine.name),
    });
    return { line: [text, ...(own.length === 0 && unread.length > 0 ? [say` Not all machines could be read.`] : [])] };
  });
  return { heading: 'Protections in the configuration', rows: cut(rows) };
}

function unreadSection({ unread }: Survey): Section {
  const rows = unread.map((where): Row => {
    return { line: [say`${tidy(where, LONGEST_REASON)} could not be read; see the log.`] };
  });
  return { heading: 'Could not be read', rows: cut(rows) };
}

function section(name: Phrase, machines: readonly AssessedMachine[], row: (one: AssessedMachine) => Row): Section {
  const sorted = machines.toSorted((a, b) => a.machine.name.localeCompare(b.machine.name));
  return { heading: say`${headed(name)} (${machines.length})`, rows: cut(sorted.map(row)) };
}

function cut(rows: readonly Row[]): readonly Row[] {
  const more = rows.length - MOST_ROWS;
  return more > 0 ? [...rows.slice(0, MOST_ROWS), { line: [say`… and ${more} more.`] }] : rows;
}

function isUnhealthy({ verdict }: AssessedMachine): boolean {
  return verdict === 'unhealthy';
}

function line(one: AssessedMachine, reasons: readonly string[] = one.reasons): Line {
  const shown = reasons.slice(0, MOST_REASONS).map((reason) => tidy(reason, LONGEST_REASON));
  const hidden = reasons.length - shown.length;
  const like = hidden === 1 ? say`${hidden} more like this.` : say`${hidden} more like these.`;
  const more = hidden > 0 ? [shown.length > 0 ? ' ' : '', like] : [];
  return [say`${nameOf(one)}: ${shown.join(' ')}${more}`, ...difference(one)];
}

function usedLine(one: AssessedMachine, { usage: all, protections = [] }: Survey): Line {
  const usage = all.get(one.machine.id);
  const entries = entriesOf(heldPorts(protections, one.machine));
  const held = entries.length > 0 ? [say` In the configuration: ${entriesText(entries)}.`] : [];
  const used: Line = usage
    ? [
        usage.inSevenDays === 1
          ? say`${usage.inSevenDays} approval in 7 days, last ${{ at: usage.last }} for ${who(usage.by)}.`
          : say`${usage.inSevenDays} approvals in 7 days, last ${{ at: usage.last }} for ${who(usage.by)}.`,
      ]
    : [say`no access granted yet.`];
  return [say`${nameOf(one)}: ${used}${held}`, ...difference(one)];
}

function nameOf({ machine }: AssessedMachine): string {
  const cloud = CLOUD_NAMES[cloudOf(machine.id)];
  return `${tidy(machine.name, LONGEST_NAME)} (${cloud}, ${machine.location})`;
}

/** Where the cloud's own product sees it otherwise: it looks less often, and at what it knows. */
function difference({ verdict, opinion }: AssessedMachine): Line {
  return opinion && opinion.verdict !== verdict ? [say` ${opinion.by} says ${VERDICTS[opinion.verdict]}.`] : [];
}
