import type { Instant } from '../language/instant.ts';
import { say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import type { Machine } from '../machine/machine.ts';
import { type ProtectedPort, portsText, protectionKey } from '../machine/protection.ts';
import type { AskedPage } from '../policy/consent.ts';
import { differencesOf, entriesOf, type HeldPort } from '../policy/held.ts';
import { entriesText } from './held.ts';
import { namesOf } from './protect-page.ts';
import type { Report, Section } from './report.ts';

/** Who protected a port. */
interface Protector {
  readonly by: string;
  readonly through: 'person' | 'commandLine' | 'configuration';
  readonly at: Instant;
}

/** A machine that is protected, or that the configuration wants protected. */
export interface ShownMachine {
  readonly machine: Machine;
  readonly ports: readonly ProtectedPort[];
  /** What the configuration wants. */
  readonly held: readonly HeldPort[];
  /** Why it could not be read. */
  readonly fault?: Phrase;
}

interface Shown {
  readonly machines: readonly ShownMachine[];
  /** By `protectionKey`. */
  readonly protectors: ReadonlyMap<string, Protector>;
  readonly pages: readonly AskedPage[];
  /** Machines that there was no room for. */
  readonly more: number;
  readonly unread: readonly string[];
}

/** One message has room for so many in a section. */
const MOST_ROWS = 11;

/** `/jit machines`: what is protected, by whom and since when, and what is not as the configuration says. */
export function machinesReport(shown: Shown): Report {
  const { machines, protectors, pages, more, unread } = shown;
  const name = namesOf(machines);
  const isProtected = machines.filter(({ ports }) => ports.length > 0);
  const differing = machines.flatMap((one) =>
    differences(one, pages).map((text): Line => [say`${name(one)}: ${text}`]),
  );
  const faults = machines.flatMap((one) => (one.fault === undefined ? [] : [[say`${name(one)}: ${one.fault}`]]));
  const count = isProtected.length + more;
  const hidden = more > 0 ? [[say`… and ${more} more that were not looked at.`]] : [];
  return {
    title: count === 1 ? say`${count} protected machine` : say`${count} protected machines`,
    sections: [
      section(
        say`Protected (${isProtected.length})`,
        isProtected.map((one) => protectedLine(one, name(one), protectors)),
        hidden,
      ),
      section(say`Not as the configuration says (${differing.length})`, differing),
      section(say`Could not be read (${faults.length + unread.length})`, [
        ...faults,
        ...unread.map((one): Line => [`${one}.`]),
      ]),
    ].filter(({ rows }) => rows.length > 0),
  };
}

/** Ports that one protected at one time are named together. */
function protectedLine(one: ShownMachine, name: string, protectors: ReadonlyMap<string, Protector>): Line {
  const known = one.ports.map((port) => ({ port, who: protectors.get(protectionKey(one.machine.id, port.port)) }));
  const alike = [...Map.groupBy(known, ({ who }) => JSON.stringify(who)).values()];
  const parts = alike.flatMap((those, i): Line => {
    const ports = say`${i === 0 ? '' : '; '}${portsText(those.map(({ port }) => port))}, `;
    const who = those[0]?.who;
    return who ? [say`${ports}by ${whoText(who)} since ${{ at: who.at }}`] : [say`${ports}by whom is not known`];
  });
  return [say`${name}: ${parts}.`];
}

function whoText({ by, through }: Protector): Phrase {
  if (through === 'configuration') return say`\`${tidy(by, 60)}\` in the configuration`;
  return through === 'commandLine' ? say`${tidy(by, 80)} (command line)` : tidy(by, 80);
}

function differences({ machine, ports, held, fault }: ShownMachine, pages: readonly AskedPage[]): readonly Phrase[] {
  if (fault !== undefined) return [];
  const { missing, otherwise } = differencesOf(held, { ports });
  const own = otherwise.map((one) => one.own);
  const mine = pages.filter(({ items }) => items.some((item) => item.machine === machine.id));
  return [
    ...(missing.length > 0 ? [say`not protected on ${wanted(missing)}, as ${entries(missing)} wants.`] : []),
    ...(otherwise.length > 0
      ? [say`protected on ${portsText(own)}; ${entries(otherwise)} says ${wanted(otherwise)}. It is left as it is.`]
      : []),
    ...mine.map(({ code, entry, agreed }) => {
      const open = say`open to standing rules that \`${entry}\` wants closed; page \`${code}\``;
      return agreed ? say`${open}: ${tidy(agreed.by, 80)} agreed, not closed yet.` : say`${open} waits for consent.`;
    }),
  ];
}

function wanted(held: readonly HeldPort[]): string {
  return portsText(held.map(({ port }) => port));
}

function entries(held: readonly HeldPort[]): Phrase {
  return entriesText(entriesOf(held));
}

function section(heading: Phrase, lines: readonly Line[], hidden: readonly Line[] = []): Section {
  const more = lines.length > MOST_ROWS ? [[say`… and ${lines.length - MOST_ROWS} more.`]] : [];
  return { heading, rows: [...lines.slice(0, MOST_ROWS), ...more, ...hidden].map((line) => ({ line })) };
}
