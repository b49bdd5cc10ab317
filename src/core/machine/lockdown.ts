import { tidy } from '../language/text.ts';
import { portText } from '../rule/port.ts';
import type { StandingRule } from '../rule/rule.ts';

/**
 * What becomes of others' rules that open ports which are to be protected: `close` takes these ports out of them; `copy`
 * leaves what machines share alone, and gives this machine a copy without these ports.
 */
export type LockdownWay = 'close' | 'copy';

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

export const NO_LOCKDOWN: LockdownPlan = { remedies: [], stays: [], isShared: false };

const MOST_SHARERS = 6;

/** `security group web: tcp 22 from 0.0.0.0/0 goes. Also for web-2. Live sessions may be cut.` */
export function remedyText({ where, does, serves, warns }: Remedy): string {
  const shown = serves.slice(0, MOST_SHARERS).map((one) => tidy(one, 80));
  const more = serves.length - shown.length;
  const others = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const shared = others === '' ? [] : [`This also affects ${others}.`];
  return [`${tidy(where, 120)}: ${tidy(does, 300)}.`, ...shared, ...warns].join(' ');
}

/** `22 stays open to 0.0.0.0/0 through base-policy/allow-all: the parent policy comes first.` */
export function stayText({ rule, why }: Stay): string {
  return `${portText(rule.port)} stays open to ${rule.source} through ${tidy(rule.through, 80)}: ${why}.`;
}
