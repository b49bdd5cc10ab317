import { and, commas, say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import { hasLockdown } from '../machine/lockdown.ts';
import { CLOUD_NAMES, cloudOf, type Machine } from '../machine/machine.ts';
import { portsText } from '../machine/protection.ts';
import { type Differences, entriesOf, type HeldPort } from '../policy/held.ts';
import { type Port, portText } from '../rule/port.ts';
import type { StandingRule } from '../rule/rule.ts';
import { standingNotes } from './notes.ts';
import type { Report, Section } from './report.ts';

/** What came of holding one machine to the configuration. */
export type HeldNews = { readonly machine: Machine } & (
  | { readonly what: 'protected'; readonly ports: readonly HeldPort[]; readonly standing: readonly StandingRule[] }
  | { readonly what: 'refused'; readonly ports: readonly HeldPort[]; readonly say: string }
  | { readonly what: 'otherwise'; readonly ports: Differences['otherwise'] }
  | (Locking & { readonly what: 'locked'; readonly page: string; readonly stays: readonly string[] })
  | (Locking & { readonly what: 'unlocked'; readonly say: string })
);

/** Ports that were to be closed to standing rules. */
interface Locking {
  readonly ports: readonly Port[];
  readonly entry: string;
}

/** The machines of one entry of the configuration, by name. */
interface HeldMachines {
  readonly entry: string;
  readonly machines: readonly string[];
  /** Those of them that are not protected at all; absent where nobody looked. */
  readonly unprotected?: readonly string[];
}

const LONGEST_NAME = 60;
const MOST_NAMES = 5;

const HEADINGS = {
  protected: say`Protected`,
  refused: say`Could not be protected`,
  otherwise: say`Protected with other limits`,
  locked: say`Locked down`,
  unlocked: say`Could not be locked down`,
} as const satisfies Record<HeldNews['what'], Phrase>;

/** What the channels are told when the configuration was applied. */
export function heldReport(news: readonly HeldNews[]): Report {
  const all = ['protected', 'locked', 'refused', 'unlocked', 'otherwise'] as const;
  const sections = all.map((what): Section => {
    const those = news.filter((one) => one.what === what);
    return {
      heading: say`${HEADINGS[what]} (${those.length})`,
      rows: those.map((one) => ({ line: lineOf(one), isLong: true })),
    };
  });
  const [isProtected, isLocked] = ['protected', 'locked'].map((one) => news.some(({ what }) => what === one));
  const title = isProtected
    ? say`Protected, as the configuration says`
    : isLocked
      ? say`Locked down, as the configuration says`
      : say`Not as the configuration says`;
  return { title, sections: sections.filter(({ rows }) => rows.length > 0) };
}

function lineOf(news: HeldNews): Line {
  const { machine } = news;
  const name = machineName(news);
  const where = `${name} (${CLOUD_NAMES[cloudOf(machine.id)]}, ${machine.location})`;
  if (news.what === 'locked' || news.what === 'unlocked') return lockingLine(where, news);
  const wanted = portsText(news.ports.map(({ port }) => port));
  const by = entriesText(entriesOf(news.ports));
  switch (news.what) {
    case 'protected': {
      const open = standingNotes(news.standing).flatMap(({ text }) => [' ', ...text]);
      const hint =
        open.length > 0 && hasLockdown(machine.id)
          ? [say` \`/jit protect ${name} closing\` shows whoever protects machines what a lockdown would change.`]
          : [];
      return [say`${where}: ${wanted}, by ${by}.${open}${hint}`];
    }
    case 'refused':
      return [say`${where}: ${wanted}, by ${by}. ${news.say} This is not said again while it stays so.`];
    case 'otherwise': {
      const own = portsText(news.ports.map((port) => port.own));
      return [say`${where}: protected on ${own}; ${by} says ${wanted}. It was left as it is.`];
    }
  }
}

function lockingLine(where: string, news: Extract<HeldNews, Locking>): Line {
  const ports = say`${where}: ${news.ports.map(portText).join(', ')}, by ${entriesText([news.entry])}`;
  if (news.what === 'unlocked') return [say`${ports}. ${news.say} This is not said again while it stays so.`];
  const stays = news.stays.map((text) => ` ${text}`).join('');
  return [
    say`${ports}, as page \`${news.page}\` showed.${stays} \`/jit restore ${machineName(news)}\` shows what can be put back.`,
  ];
}

function machineName({ machine }: HeldNews): string {
  return tidy(machine.name, LONGEST_NAME);
}

/** `production: 3 machines (web-1, web-2, web-3), 1 not protected (web-3).` */
export function heldText({ entry, machines, unprotected = [] }: HeldMachines): Phrase {
  if (machines.length === 0) return say`\`${entry}\`: no machine.`;
  const names = namesText(machines);
  const count =
    machines.length === 1 ? say`${machines.length} machine (${names})` : say`${machines.length} machines (${names})`;
  const lacking = unprotected.length > 0 ? say`, ${unprotected.length} not protected (${namesText(unprotected)})` : '';
  return say`\`${entry}\`: ${count}${lacking}.`;
}

/** `production` and `web`, as code. */
export function entriesText(entries: readonly string[]): Phrase {
  return say`${and(entries.map((entry) => `\`${entry}\``))}`;
}

function namesText(names: readonly string[]): Phrase {
  const shown = names.toSorted((a, b) => a.localeCompare(b)).slice(0, MOST_NAMES);
  const more = names.length - shown.length;
  const all = shown.map((name) => tidy(name, LONGEST_NAME));
  return say`${commas([...all, ...(more > 0 ? [say`and ${more} more`] : [])])}`;
}
