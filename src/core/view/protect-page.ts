import { namesApart } from '../language/names-apart.ts';
import { standingWord } from '../language/protect-ask.ts';
import { headed, say, semicolons } from '../language/say.ts';
import { type Phrase, tidy } from '../language/text.ts';
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
  readonly fault?: Phrase;
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

const AGAIN: Row = { line: [say`Something has changed since this was shown. Check it again.`] };
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
  const name = namesOf(changes);
  const [first] = changing;
  const count = changing.length === 1 && first ? tidy(first.machine.name, 40) : say`${changing.length} machines`;
  const head: Section = {
    heading: '',
    rows: [...(offer.again ? [AGAIN] : []), { line: [say`Nothing has changed yet. Confirming will do this:`] }],
  };
  const acts = [...(remedies.length > 0 ? choices(changing, offer) : [plainChoice(offer, count)])];
  return {
    title: changing.length === 0 ? say`Nothing to protect` : say`Protect ${count}?`,
    isWhole: true,
    sections: [
      ...(changing.length > 0 ? [head] : []),
      section('Will be protected', changing, (one) => say`${name(one)}: ${portsOf(one)}${openText(one)}`),
      list(offer.standing === 'copy' ? say`Will get a copy without these ports` : say`Lockdown can close`, remedies),
      list('Stays open', stays),
      section('Already protected like this', same, (one) => `${name(one)}.`),
      section('Could not be read', unread, (one) => say`${name(one)}: ${one.fault ?? ''}`),
      // Last: who chooses has seen it all.
      ...(changing.length > 0 ? [{ heading: '', rows: acts }] : []),
    ].filter(({ rows }) => rows.length > 0),
  };
}

function plainChoice({ command, code, standing }: Offer, count: Phrase): Row {
  const words = [...(standing ? [standingWord(standing)] : []), 'confirm', code].join(' ');
  return {
    line: [say`To confirm, repeat the command with \`${words}\` at the end.`],
    button: { label: say`Protect ${count}`, command: `${command} ${words}` },
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
            say`Add \`copying\` to see the alternative: shared groups stay as they are, and these machines get copies without these ports.`,
          ],
          button: { label: 'Show with copies', command: `${command} copying` },
        },
      ]
    : [];
  return [
    {
      line: [
        say`For the lockdown, repeat the command with \`${how} confirm ${code}\` at the end. The old rules are recorded; \`restore\` shows them, and puts them back.`,
      ],
      button: {
        label: how === 'closing' ? say`Protect and lock down` : say`Protect with copies`,
        command: `${command} ${how} confirm ${code}`,
      },
    },
    {
      line: [say`To protect only and leave standing rules open, use \`leaving confirm ${code}\` instead.`],
      button: { label: 'Protect only', command: `${command} leaving confirm ${code}` },
    },
    ...copies,
  ];
}

function portsOf({ ports }: ProtectChange): Phrase {
  return ports.length > 0 ? say`${portsText(ports)}.` : say`ports unchanged.`;
}

/** `Open now: 22 to 0.0.0.0/0 through allow-ssh.`, with a blank before it. */
export function openText({ open }: Pick<ProtectChange, 'open'>): Phrase {
  const alike = Map.groupBy(open, ({ source, through }) => JSON.stringify([source, tidy(through, 80)]));
  const rules = [...alike.values()].map(([first, ...rest]): Phrase => {
    const ports = [first, ...rest].flatMap((one) => (one ? [portText(one.port)] : []));
    return say`${ports.join(', ')} to ${first?.source ?? ''} through ${tidy(first?.through ?? '', 80)}`;
  });
  const more = rules.length > MOST_RULES ? [say`and ${rules.length - MOST_RULES} more`] : [];
  return rules.length > 0 ? say` Open now: ${semicolons([...rules.slice(0, MOST_RULES), ...more])}.` : '';
}

type OfMachine = Pick<ProtectChange, 'machine'>;

/** `web-1 (AWS, 123456789012, eu-west-1)`; of two that look the same, as in one account, what tells them apart stands behind it. */
export function namesOf(all: readonly OfMachine[]): (one: OfMachine) => string {
  const named = ({ machine }: OfMachine) => ({
    id: machine.id,
    name: `${tidy(machine.name, LONGEST_NAME)} (${CLOUD_NAMES[cloudOf(machine.id)]}, ${machine.location})`,
  });
  const apart = namesApart(all.map(named));
  return (one) => apart(named(one));
}

function section(name: Phrase, changes: readonly ProtectChange[], text: (change: ProtectChange) => Phrase): Section {
  return list(name, changes.map(text));
}

/** Texts that people consent to, below how many there are. */
export function list(name: Phrase, texts: readonly Phrase[]): Section {
  return { heading: say`${headed(name)} (${texts.length})`, rows: consentRows(texts) };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
