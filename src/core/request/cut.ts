import { type Instant, MINUTE_MS, SECOND_MS } from '../language/instant.ts';
import { type Port, samePort } from '../rule/port.ts';
import { contains, isGroup } from '../rule/source.ts';

/** What becomes of sessions that are open at the end, where a machine has to be told to cut them. */
export type Cut = Cutting | CutDone | CutUnknown;

export interface Cutting {
  /** `under way` from before the machine is told until the outcome is known: nothing that it could hit is opened then. */
  readonly state: 'owed' | 'under way';
  /** When the closing was proven. */
  readonly since: Instant;
  /** When to look next. */
  readonly at: Instant;
  /** How often it was begun. */
  readonly tries: number;
  /** While it is under way: what was begun does nothing any more after that. */
  readonly until?: Instant;
  /** What the machine is told to cut; kept before it is told. */
  readonly asked?: readonly Port[];
  /** The cloud's id of it, once known. */
  readonly command?: string;
  /** What earlier tries left, and what is not to be cut. */
  readonly ports?: readonly PortCut[];
}

export interface CutDone {
  readonly state: 'done';
  readonly at: Instant;
  readonly ports: readonly PortCut[];
}

/** Nobody can tell what goes on. */
export interface CutUnknown {
  readonly state: 'unknown';
  readonly at: Instant;
  /** Why, in a sentence. */
  readonly say: string;
}

/** Connections of the source to one port: how many there were, and are. Neither where another lease lets the source in. */
export type PortCut =
  | { readonly port: Port; readonly found: number; readonly left: number }
  | { readonly port: Port; readonly keptUntil: Instant };

export function isCutting(cut: Cut | undefined): cut is Cutting {
  return cut?.state === 'owed' || cut?.state === 'under way';
}

/** The part of a request that says whom it lets in, or let in. */
interface Admits {
  readonly source: string;
  readonly ports: readonly Port[];
}

/** How long after it was begun a cut may still do something: half a minute until it is fetched, a minute to run, and slack. */
const RUN_MS = 2 * MINUTE_MS;
/** How soon it is asked what became of it. */
const POLL_MS = 2 * SECOND_MS;
/** How often it is begun where something is left, and how long it is tried where nothing comes of it. */
const MOST_RUNS = 3;
const GIVE_UP_MS = 10 * MINUTE_MS;
const LONGEST_WAIT_MS = MINUTE_MS;

/** Connections are TCP: other ports have none to be cut. */
export function cutPorts({ ports }: Admits): readonly Port[] {
  return ports.filter(({ protocol }) => protocol === 'tcp');
}

/** Would cutting what one let in hit what another one lets in? Of a group nobody knows which addresses that are. */
export function hits(one: Admits, other: Admits, port: Port): boolean {
  const isOverlapping =
    isGroup(one.source) ||
    isGroup(other.source) ||
    contains(one.source, other.source) ||
    contains(other.source, one.source);
  return isOverlapping && other.ports.some((own) => samePort(own, port));
}

/**
 * One more step begins: the first one of a try before the machine is told. Of a try that is over without a command it is not
 * known whether there was one, and what was decided then may not hold now.
 */
export function stepping(cut: Cutting, now: Instant): Cutting {
  if (isUnderWay(cut, now) || cut.command !== undefined) return { ...cut, at: now + POLL_MS };
  const { asked: _, ...rest } = cut;
  return { ...rest, state: 'under way', tries: cut.tries + 1, at: now + POLL_MS, until: now + RUN_MS };
}

/** Its turn comes later. */
export function putOff(cut: Cutting, now: Instant): Cutting {
  return { ...cut, at: now + POLL_MS };
}

/** What the machine is to be told, and what not: `others` let the same source in. */
export function asking(cut: Cutting, request: Admits, others: readonly (Admits & Ends)[]): Cutting {
  const kept = cutPorts(request).flatMap((port) => {
    const ends = others.flatMap((one) => (hits(request, one, port) ? [one.lease.until] : []));
    return ends.length > 0 ? [{ port, keptUntil: Math.max(...ends) }] : [];
  });
  const isKept = (port: Port) => kept.some((one) => samePort(one.port, port));
  const earlier = (cut.ports ?? []).filter((one) => !isKept(one.port));
  return { ...cut, asked: cutPorts(request).filter((port) => !isKept(port)), ports: [...earlier, ...kept] };
}

interface Ends {
  readonly lease: { readonly until: Instant };
}

/** The machine was told, or has not answered yet. */
export function goingOn(cut: Cutting, command: string, now: Instant): Cutting {
  return { ...cut, command, at: now + POLL_MS };
}

/** The machine answered: done, or once more where something is left. */
export function answered(cut: Cutting, ports: readonly PortCut[], now: Instant): Cut {
  const isAsked = ({ port }: PortCut) => ports.some((one) => samePort(one.port, port));
  const kept = (cut.ports ?? []).filter((one) => 'keptUntil' in one && !isAsked(one));
  const all = [...ports.map((one) => withEarlier(one, cut.ports)), ...kept];
  const isLeft = all.some((one) => 'left' in one && one.left > 0);
  if (!isLeft || cut.tries >= MOST_RUNS) return { state: 'done', at: now, ports: all };
  return again({ ...cut, ports: all }, now);
}

/** How many there were is what the first run found. */
function withEarlier(one: PortCut, earlier: readonly PortCut[] = []): PortCut {
  const before = earlier.find(({ port }) => samePort(port, one.port));
  return before && 'found' in before && 'found' in one ? { ...one, found: Math.max(one.found, before.found) } : one;
}

/** Nothing came of it: once more later, until it has been tried for long enough. `say` is why, in a sentence. */
export function thwarted(cut: Cutting, say: string, now: Instant): Cut {
  return now - cut.since >= GIVE_UP_MS ? { state: 'unknown', at: now, say } : again(cut, now);
}

function again({ command: _, until: __, asked: ___, ...cut }: Cutting, now: Instant): Cutting {
  const waitMs = Math.min(LONGEST_WAIT_MS, 2.5 * SECOND_MS * 2 ** Math.min(cut.tries, 6));
  return { ...cut, state: 'owed', at: now + waitMs };
}

/** May what was begun still do something? */
export function isUnderWay(cut: Cut | undefined, now: Instant): boolean {
  return cut?.state === 'under way' && (cut.until ?? 0) > now;
}

/** Every port of it, in a few words for the audit: `22: found 2, left 0; 3389: kept for another lease`. */
export function cutText(ports: readonly PortCut[]): string {
  return ports
    .map((one) => {
      const came = 'found' in one ? `found ${one.found}, left ${one.left}` : 'kept for another lease';
      return `${one.port.number}: ${came}`;
    })
    .join('; ');
}
