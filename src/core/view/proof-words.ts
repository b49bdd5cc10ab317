import type { Instant } from '../language/instant.ts';
import { say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import type { PortProof, Proof } from '../request/lease.ts';
import { isOpenToMany } from '../request/proof.ts';
import type { Port } from '../rule/port.ts';
import { type Way, wayWords } from '../rule/reach.ts';
import type { Note } from './view.ts';
import { capitalised, portList } from './words.ts';

/** So many ways into a port are named; of the rest it is said how many there are. */
const MOST_WAYS = 3;

/** What was found, for what may be said of it in one go: ports of one verdict, for one cause. */
interface Finding {
  readonly proof: PortProof;
  readonly ports: readonly Port[];
}

/** What reading the cloud back showed, in one phrase: the worst of it. “closed, proven” is said only when all ports are. */
export function worstText({ at, ports }: Proof): Line {
  const [first] = grouped(ports);
  if (!first) return [say`Drawbridge’s rule is gone, and nobody can tell whether the port is closed`];
  return first.proof.verdict === 'closed' ? [say`closed, proven (${{ at }})`] : phrase(first, at);
}

/** The same for every port, a sentence each, the worst first. */
export function findingsOf({ at, ports }: Proof): readonly Note[] {
  return grouped(ports).map((finding) => ({
    tone: toneOf(finding.proof),
    text: [say`${capitalised(phrase(finding, at))}.`],
  }));
}

function toneOf(proof: PortProof): Note['tone'] {
  if (proof.verdict === 'open') return isOpenToMany(proof) ? 'alarm' : 'info';
  return proof.verdict === 'unknown' ? 'warning' : 'info';
}

function phrase({ proof, ports }: Finding, at: Instant): Line {
  const subject = portList(ports);
  const many = ports.length > 1;
  switch (proof.verdict) {
    case 'open':
      return [
        many
          ? say`${subject} are still open to ${waysText(proof.ways)}${alsoShared(proof)}`
          : say`${subject} is still open to ${waysText(proof.ways)}${alsoShared(proof)}`,
      ];
    case 'unknown':
      return [
        many
          ? say`whether ${subject} are closed is not known: ${proof.why}${alsoShared(proof)}`
          : say`whether ${subject} is closed is not known: ${proof.why}${alsoShared(proof)}`,
      ];
    case 'shared':
      return [
        many
          ? say`${subject} stay open until ${{ at: proof.until }} because another request uses the same rule`
          : say`${subject} stays open until ${{ at: proof.until }} because another request uses the same rule`,
      ];
    case 'closed':
      return [many ? say`${subject} are closed, proven (${{ at }})` : say`${subject} is closed, proven (${{ at }})`];
  }
}

function alsoShared({ until }: { readonly until?: Instant }): Line {
  return until === undefined ? [] : [say`; besides, another request uses the same rule until ${{ at: until }}`];
}

/** `anyone (0.0.0.0/0) through launch-wizard-1, to 10.0.0.0/8 through office and to 2 more`. */
function waysText(ways: readonly Way[]): Phrase {
  const shown = ways.slice(0, MOST_WAYS).map(wayWords);
  const more = ways.length - shown.length;
  const all: readonly Phrase[] = more > 0 ? [...shown, say`${more} more`] : shown;
  const [last = say`an unknown source`, ...before] = all.toReversed();
  const [first, ...rest] = before.toReversed();
  if (first === undefined) return last;
  return say`${rest.reduce((text, one): Phrase => say`${text}, to ${one}`, first)} and to ${last}`;
}

function grouped(ports: readonly PortProof[]): readonly Finding[] {
  const alike = Map.groupBy(ports, ({ port: _, ...proof }) => JSON.stringify(proof));
  return [...alike.values()].flatMap(([proof, ...rest]) =>
    proof ? [{ proof, ports: [proof, ...rest].map(({ port }) => port) }] : [],
  );
}
