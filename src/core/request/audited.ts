import type { Actor, AuditEntry, AuditFacts, Capacity } from '../audit/entry.ts';
import { commitAct } from '../audit/record.ts';
import type { Code } from '../errors/errors.ts';
import { portText } from '../rule/port.ts';
import { isTheirs } from './on-behalf.ts';
import { type Ended, isApproved, type Request } from './request.ts';
import { COMMAND_LINE, type Who } from './review.ts';

/** What was decided of a request. */
interface Decided {
  readonly next: Request;
  readonly event: string;
  /** A person's id, `drawbridge`, or that of the command line. */
  readonly by: string;
  /** What gave them the right to, where the request does not tell. */
  readonly as?: Capacity;
  readonly text?: string;
  /** Calls that the cloud carried out for it. */
  readonly calls?: readonly string[];
}

/** Looks, notices and preparations that change nothing for anybody: the approval says already what will be opened. */
const NO_FACT: readonly string[] = [
  'placed',
  'watched',
  'reminded',
  'review reminded',
  'approvers reminded',
  'requester reminded',
  'alarmed',
  'not reached',
  'place opened',
  'cut looked at',
];
/** What was meant did not come of it. */
const IN_VAIN: readonly string[] = ['trouble', 'failed', 'sessions left', 'sessions not cut'];

/**
 * The entry of a commit; undefined where it tells nothing new: a look, a reminder, a preparation, or the same trouble again, which comes
 * back every minute for as long as a cloud is away. `acting` is whoever's words led to it, with their account.
 */
export function entryOf(from: Request | undefined, decided: Decided, acting?: Actor): AuditEntry | undefined {
  const { next, event, by, as = capacityOf(next, by), text, calls = [] } = decided;
  if (NO_FACT.includes(event)) return undefined;
  const isTrouble = event === 'trouble' || event === 'failed';
  // What the cloud did carry out is told all the same.
  if (event === 'trouble' && troubleOf(from) === troubleOf(next) && calls.length === 0) return undefined;
  const said = by !== 'drawbridge' ? { words: text } : isTrouble ? { code: text as Code } : { why: text };
  return {
    act: commitAct(next.id, next.version),
    event,
    outcome: IN_VAIN.includes(event) ? 'failed' : 'done',
    by: actorOf(next, by, acting),
    as,
    ...factsOf(next),
    ...(calls.length > 0 ? { calls } : {}),
    ...(event === 'closed' && next.status === 'ended' ? { proof: proofLines(next) } : {}),
    ...(text === undefined ? {} : (said as AuditFacts)),
  };
}

/** What a request is about. */
export function factsOf(request: Request): AuditFacts {
  const { id, version, requester, machine, machineName, ports, source, sourceName, policies, policyVersion } = request;
  const until = isApproved(request) ? { until: request.lease.until } : {};
  const start = request.startsAt === undefined ? {} : { startsAt: request.startsAt };
  const digest = digestOf(request);
  const named = sourceName === undefined ? {} : { sourceName };
  const under = policyVersion === undefined ? { policies } : { policies, policyVersion };
  return {
    request: id,
    version,
    requester,
    machine,
    machineName,
    ports,
    source,
    ...named,
    ...under,
    ...(request.follows === undefined ? {} : { follows: request.follows }),
    ...(digest === undefined ? {} : { decision: digest }),
    ...start,
    ...until,
  };
}

/** The worst first, as the card has them. */
function proofLines({ proof }: Ended): readonly string[] {
  return proof.ports.map(({ port, verdict }) => `${portText(port)} ${verdict}`);
}

/** Of what the last approval saw. */
function digestOf({ reviews }: Request): string | undefined {
  return reviews.findLast(({ verdict, seen }) => verdict === 'approve' && seen !== undefined)?.seen;
}

/** As what somebody acts on a request. */
export function capacityOf(request: Request, by: string): Capacity {
  if (by === 'drawbridge') return 'program';
  if (by === COMMAND_LINE) return 'commandLine';
  return isTheirs(request, by) ? 'requester' : 'approver';
}

function actorOf(request: Request, by: string, acting: Actor | undefined): Actor {
  if (by === 'drawbridge') return 'drawbridge';
  if (typeof acting === 'object' && ('person' in acting ? acting.person.id : COMMAND_LINE) === by) return acting;
  const { requester, askedBy, reviews } = request;
  const known: readonly Who[] = [requester, ...(askedBy ? [askedBy] : []), ...reviews.map((review) => review.by)];
  return { person: known.find(({ id }) => id === by) ?? { id: by, name: by } };
}

function troubleOf(request: Request | undefined): string | undefined {
  return request && isApproved(request) ? request.trouble?.code : undefined;
}
