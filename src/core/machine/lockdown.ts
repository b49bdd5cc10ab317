import { tidy } from '../language/text.ts';
import { type Port, portText } from '../rule/port.ts';
import type { StandingRule } from '../rule/rule.ts';
import { type CloudName, cloudOf, type MachineId } from './machine.ts';

/**
 * What becomes of others' rules that open ports which are to be protected: `close` takes these ports out of them; `copy`
 * leaves what machines share alone, and gives this machine a copy without these ports.
 */
export type LockdownWay = 'close' | 'copy';

/** There Drawbridge closes no rule of somebody else. */
const WITHOUT_LOCKDOWN: ReadonlySet<CloudName> = new Set(['gcp']);

/** Can others' rules be closed on this machine? Its cloud's adapter has a lockdown then. */
export function hasLockdown(machine: MachineId): boolean {
  return !WITHOUT_LOCKDOWN.has(cloudOf(machine));
}

/** One thing that would be changed, in words for people. */
export interface Remedy {
  /** `security group web (sg-0abc…)`, `firewall hub-fw`. */
  readonly where: string;
  /** `tcp 0-65535 from 0.0.0.0/0 becomes 0-21 and 23-65535`. */
  readonly does: string;
  /** Whom else it changes something for. */
  readonly serves: readonly string[];
  /** What to know before: sessions that are cut, who else writes it, what is lost. */
  readonly warns: readonly string[];
}

/** A rule that cannot be closed, and why, as the end of a sentence. */
export interface Stay {
  readonly rule: StandingRule;
  readonly why: string;
}

/** What closing would do. The same for the same state of the cloud. */
export interface LockdownPlan {
  readonly remedies: readonly Remedy[];
  readonly stays: readonly Stay[];
  /** Does it change something that other machines share, so that copying it is worth offering? */
  readonly isShared: boolean;
}

/** What was closed, as its undo record tells. */
export interface ClosedRule {
  /** `tcp 20-25 from 0.0.0.0/0 in security group web (sg-0abc…)`. */
  readonly what: string;
  /** What was taken out of it. */
  readonly ports: readonly Port[];
  /** For whom. They may be gone. */
  readonly machines: readonly MachineId[];
}

/** One thing that putting back would open again, in words for people. */
export interface Reopening {
  /** Id of the undo record. */
  readonly record: string;
  readonly where: string;
  /** `opens tcp 22 from 0.0.0.0/0`. */
  readonly does: string;
  /** For whom: every machine that it is open on then. */
  readonly serves: readonly string[];
  /** Can strangers come from there? */
  readonly isPublic: boolean;
  /** What somebody removed since and so stays away, unless all is chosen. */
  readonly tightened: readonly string[];
  /** The SHA-256 of a record that bears no signature of this installation. */
  readonly unsigned?: string;
}

/** What putting back would do. The same for the same state of the cloud. */
export interface PutBackPlan {
  readonly reopenings: readonly Reopening[];
  /** What cannot be put back, or not yet, and why, in sentences. */
  readonly stays: readonly string[];
  /** Ids of all undo records that are meant, also of those that open nothing. */
  readonly records: readonly string[];
}

export const NO_PUT_BACK: PutBackPlan = { reopenings: [], stays: [], records: [] };

export const NO_LOCKDOWN: LockdownPlan = { remedies: [], stays: [], isShared: false };

/** Consent is asked for all of it: this keeps out what no cloud writes. */
const MOST = 20_000;

/** `security group web: tcp 22 from 0.0.0.0/0 goes. Also for web-2. Live sessions may be cut.` */
export function remedyText({ where, does, serves, warns }: Remedy): string {
  const others = serves.map((one) => tidy(one, 80)).join(', ');
  const shared = others === '' ? [] : [`This also affects ${others}.`];
  return [`${tidy(where, 120)}: ${tidy(does, MOST)}.`, ...shared, ...warns].join(' ');
}

/** `22 stays open to 0.0.0.0/0 through base-policy/allow-all: the parent policy comes first.` */
export function stayText({ rule, why }: Stay): string {
  return `${portText(rule.port)} stays open to ${rule.source} through ${tidy(rule.through, 80)}: ${why}.`;
}

/** `Security group web: opens tcp 22 from 0.0.0.0/0. On web-1, web-2. tcp 23-25 was removed since and stays closed.` */
export function reopeningText({ where, does, serves, tightened }: Reopening): string {
  const on = serves.length > 0 ? [`On ${serves.map((one) => tidy(one, 80)).join(', ')}.`] : ['On no machine now.'];
  const stays = tightened.map((one) => `${one} was removed since and stays closed.`);
  return [`${tidy(where, 120)}: ${tidy(does, MOST)}.`, ...on, ...stays].join(' ');
}
