import { standingWord } from '../language/protect-ask.ts';
import { tidy } from '../language/text.ts';
import { type LockdownPlan, type LockdownWay, remedyText, stayText } from '../machine/lockdown.ts';
import { CLOUD_NAMES, cloudOf, type Machine } from '../machine/machine.ts';
import { type ProtectedPort, portsText } from '../machine/protection.ts';
import { portText } from '../rule/port.ts';
import type { StandingRule } from '../rule/rule.ts';
import { consentRows } from './consent.ts';
import type { Report, Row, Section } from './report.ts';

/** What protecting would change on one machine. */
export interface ProtectChange {
  readonly machine: Machine;
  /** Ports that get these limits; empty when all of them have them. */
  readonly ports: readonly ProtectedPort[];
  /** What opens these ports now. */
  readonly open: readonly StandingRule[];
  /** What closing that would mean. */
  readonly plan: LockdownPlan;
  /** Why it could not be read, in words. */
  readonly fault?: string;
}

/** What is to be confirmed. */
interface Offer {
  /** What was typed, without what becomes of others' rules: `protect web-1 usual`. */
  readonly command: string;
  readonly code: string;
  readonly standing?: LockdownWay | 'leave';
  /** Something changed since it was shown. */
  readonly again: boolean;
}

const AGAIN: Row = { line: ['Something has changed since this was shown. Check it again.'] };
const MOST_RULES = 2;
const LONGEST_NAME = 60;

/** The page that is to be confirmed: the command of a button does what the page shows. */
export function changeReport(changes: readonly ProtectChange[], offer: Offer): Report {
  const isChanging = ({ ports, plan }: ProtectChange) => ports.length > 0 || plan.remedies.length > 0;
  const read = changes.filter(({ fault }) => fault === undefined);
  const changing = read.filter(isChanging);
  const same = read.filter((one) => !isChanging(one));
  const unread = changes.filter(({ fault }) => fault !== undefined);
  // Machines may share what would be changed: it is said once.
  const remedies = unique(changing.flatMap(({ plan }) => plan.remedies.map(remedyText)));
  const stays = unique(read.flatMap(({ plan }) => plan.stays.map(stayText)));
  const [first] = changing;
  const count = changing.length === 1 && first ? tidy(first.machine.name, 40) : `${changing.length} machines`;
  const head: Section = {
    heading: '',
    rows: [...(offer.again ? [AGAIN] : []), { line: ['Nothing has changed yet. Confirming will do this:'] }],
  };
  const acts = [...(remedies.length > 0 ? choices(changing, offer) : [plainChoice(offer, count)])];
  return {
    title: changing.length === 0 ? 'Nothing to protect' : `Protect ${count}?`,
    isWhole: true,
    sections: [
      ...(changing.length > 0 ? [head] : []),
      section('Will be protected', changing, (one) => `${nameOf(one)}: ${portsOf(one)}${openText(one)}`),
      list(offer.standing === 'copy' ? 'Will get a copy without these ports' : 'Lockdown can close', remedies),
      list('Stays open', stays),
      section('Already protected like this', same, (one) => `${nameOf(one)}.`),
      section('Could not be read', unread, (one) => `${nameOf(one)}: ${one.fault}`),
      // Last: who chooses has seen it all.
      ...(changing.length > 0 ? [{ heading: '', rows: acts }] : []),
    ].filter(({ rows }) => rows.length > 0),
  };
}

function plainChoice({ command, code, standing }: Offer, count: string): Row {
  const words = [...(standing ? [standingWord(standing)] : []), 'confirm', code].join(' ');
  return {
    line: [`To confirm, repeat the command with \`${words}\` at the end.`],
    button: { label: `Protect ${count}`, command: `${command} ${words}` },
  };
}

/** What becomes of the rules that others let stand open is for people to say. */
function choices(changing: readonly ProtectChange[], { command, code, standing }: Offer): readonly Row[] {
  const how = standing === 'copy' ? 'copying' : 'closing';
  const isShared = how === 'closing' && changing.some(({ plan }) => plan.isShared);
  const copies: readonly Row[] = isShared
    ? [
        {
          line: [
            'Add `copying` to see the alternative: shared groups stay as they are, and these machines get copies without these ports.',
          ],
          button: { label: 'Show with copies', command: `${command} copying` },
        },
      ]
    : [];
  return [
    {
      line: [
        `For the lockdown, repeat the command with \`${how} confirm ${code}\` at the end. The old rules are recorded; \`restore\` shows them, and puts them back.`,
      ],
      button: {
        label: how === 'closing' ? 'Protect and lock down' : 'Protect with copies',
        command: `${command} ${how} confirm ${code}`,
      },
    },
    {
      line: [`To protect only and leave standing rules open, use \`leaving confirm ${code}\` instead.`],
      button: { label: 'Protect only', command: `${command} leaving confirm ${code}` },
    },
    ...copies,
  ];
}

function portsOf({ ports }: ProtectChange): string {
  return ports.length > 0 ? `${portsText(ports)}.` : 'ports unchanged.';
}

/** `Open now: 22 to 0.0.0.0/0 through allow-ssh.`, with a blank before it. */
export function openText({ open }: Pick<ProtectChange, 'open'>): string {
  const alike = Map.groupBy(open, ({ source, through }) => `to ${source} through ${tidy(through, 80)}`);
  const rules = [...alike].map(([how, those]) => `${those.map(({ port }) => portText(port)).join(', ')} ${how}`);
  const more = rules.length > MOST_RULES ? [`and ${rules.length - MOST_RULES} more`] : [];
  return rules.length > 0 ? ` Open now: ${[...rules.slice(0, MOST_RULES), ...more].join('; ')}.` : '';
}

/** `web-1 (AWS, 123456789012, eu-west-1)`. */
export function nameOf({ machine }: Pick<ProtectChange, 'machine'>): string {
  const cloud = CLOUD_NAMES[cloudOf(machine.id)];
  return `${tidy(machine.name, LONGEST_NAME)} (${cloud}, ${machine.location})`;
}

function section(name: string, changes: readonly ProtectChange[], text: (change: ProtectChange) => string): Section {
  return list(name, changes.map(text));
}

/** Texts that people consent to, below how many there are. */
export function list(name: string, texts: readonly string[]): Section {
  return { heading: `${name} (${texts.length})`, rows: consentRows(texts) };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
