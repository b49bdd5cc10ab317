import type { AuditEntry, Capacity, Receipt } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import { receiptOf } from '../../core/evidence/receipt.ts';
import { cloudOf } from '../../core/machine/machine.ts';
import { entryOf } from '../../core/request/audited.ts';
import { owes } from '../../core/request/owes.ts';
import { type Ended, isApproved, type Request } from '../../core/request/request.ts';
import type { Commit, Now } from '../../ports/store.ts';
import { logEntry } from '../audit/log.ts';
import type { Deps } from '../deps.ts';
import { endInTime } from './end-in-time.ts';
import { noRequest } from './no-request.ts';

/** A next version, and what the audit says of it. */
export interface Decision {
  readonly next: Request;
  readonly event: string;
  /** A person's id, `drawbridge`, or that of the command line. */
  readonly by: string;
  /** What gave them the right to, where the request does not tell. */
  readonly as?: Capacity;
  readonly text?: string;
  /** Calls that the cloud carried out for it, with the cloud's own ids. */
  readonly calls?: readonly string[];
}

const TRIES = 5;

/**
 * Loads, decides, saves; again when somebody else was faster. `decide` must have no effects: it may run several times.
 * It throws to refuse, or gives undefined to leave the request as it is. `unknownRequest`, `stale`.
 */
export async function commit(
  deps: Deps,
  id: string,
  decide: (request: Request, now: Now) => Decision | undefined,
): Promise<Request> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { request, now } = await mustLoad(deps, id);
    const decided = decide(request, now);
    if (!decided) return request;
    const decision = await endInTime(deps, request, decided);
    const [saved] = await commitAll(deps, [{ ...decision, from: request }]);
    if (saved) {
      await hint(deps, [saved]);
      return saved;
    }
  }
  throw new JitError('stale');
}

/**
 * The same for what takes a judgement, which may be slow: it is committed only on the very version that was judged, else
 * it is judged again. `judge` throws to refuse; `decide` as for `commit`. `unknownRequest`, `stale`.
 */
export async function commitJudged<J>(
  deps: Deps,
  id: string,
  judge: (request: Request) => Promise<J>,
  decide: (request: Request, judged: J, now: Now) => Decision | undefined,
): Promise<Request> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await mustLoad(deps, id);
    const judged = await judge(before.request);
    const { request, now } = await mustLoad(deps, id);
    if (request.version !== before.request.version) continue;
    const decided = decide(request, judged, now);
    if (!decided) return request;
    const decision = await endInTime(deps, request, decided);
    const [saved] = await commitAll(deps, [{ ...decision, from: request }]);
    if (saved) {
      await hint(deps, [saved]);
      return saved;
    }
  }
  throw new JitError('stale');
}

async function mustLoad(deps: Deps, id: string): Promise<{ readonly request: Request; readonly now: Now }> {
  const { request, now } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  return { request, now };
}

/** Saves decisions that were all made from what was just read; gives those that were saved. No retry: the caller looks again. */
export async function commitAll(
  deps: Deps,
  decisions: readonly (Decision & { readonly from: Request })[],
): Promise<readonly Request[]> {
  if (decisions.length === 0) return [];
  const kept = await keepAll(
    deps,
    decisions.map((decision) => change(deps, decision.from, decision)),
  );
  const closing = new Set(decisions.flatMap(({ from }) => (from.status === 'closing' ? [from.id] : [])));
  for (const { next } of kept) if (next.status === 'ended' && closing.has(next.id)) deps.proven?.(next);
  return kept.map(({ next }) => next);
}

/** Saves them in one round trip, and logs what was saved: gives that. */
export async function keepAll(deps: Deps, changes: readonly Commit[]): Promise<readonly Commit[]> {
  const saved = await decided(deps, changes, () => deps.store.save(changes));
  const kept = changes.filter((_, i) => saved[i] === 'saved');
  for (const { audit, next } of kept) if (audit) tell(deps, audit, next);
  return kept;
}

function decided<T>({ traces }: Deps, changes: readonly Commit[], save: () => Promise<T>): Promise<T> {
  if (!traces) return save();
  const [first] = changes;
  const facts = { 'drawbridge.event': first?.audit?.event ?? 'look', 'drawbridge.requests': changes.length };
  return traces.span('decision', { facts: { ...facts, 'drawbridge.request': first?.next.id ?? '' } }, save);
}

function tell(deps: Deps, audit: AuditEntry, next: Request): void {
  logEntry(deps, audit);
  const { event, by } = audit;
  if (event !== 'approved' && event !== 'denied') return;
  const at = next.timeline.at(-1)?.at ?? next.askedAt;
  deps.meter?.decided(event, typeof by === 'string' ? 'policy' : 'person', at - next.askedAt);
}

/** The commit of a decision, with its entry for the audit. `from` is undefined for a new request. */
export function change(deps: Deps, from: Request | undefined, decision: Decision): Commit {
  const entry = entryOf(from, decision, deps.acting);
  const receipt = entry && receiptFor(deps, entry, decision.next);
  const next = tracedBy(deps, decision.next);
  const told = receipt && next.status === 'ended' ? withReceipt(next, receipt) : next;
  const audit = entry && receipt ? { ...entry, receipt } : entry;
  return { next: told, from: from?.version ?? 0, ...(audit ? { audit } : {}) };
}

/** What comes of it later, in whatever process, belongs to the same trace. */
function tracedBy<R extends Request>({ traces, acting }: Deps, next: R): R {
  // What the program does by itself may be another click's trace.
  const trace = acting === undefined ? undefined : traces?.current();
  return trace === undefined ? next : { ...next, trace };
}

/** What was read back after closing is signed, with the cloud's own time where it tells. */
function receiptFor({ evidence, clouds }: Deps, entry: AuditEntry, next: Request): Receipt | undefined {
  const { proof, machine, request, version } = entry;
  if (!evidence || !proof || !machine || !request || version === undefined || next.status !== 'ended') return undefined;
  const cloudAt = clouds.get(cloudOf(machine))?.timeAt?.(machine);
  const { installation, signer } = evidence;
  const facts = { installation, request, version, machine, proof, at: next.proof.at };
  return receiptOf(signer, { ...facts, ...(cloudAt === undefined ? {} : { cloudAt }) });
}

/** What the thread of the request says of it. */
function withReceipt(ended: Ended, { code, cloudAt }: Receipt): Ended {
  return { ...ended, proof: { ...ended.proof, receipt: { code, ...(cloudAt === undefined ? {} : { cloudAt }) } } };
}

/** Makes it prompt: a converge for what the cloud must do, a notify for the cards. Lost hints cost seconds. */
export async function hint(deps: Deps, requests: readonly Request[], converge = true): Promise<void> {
  try {
    const due = converge ? requests.filter(isHinted) : [];
    for (const request of due) {
      const urgency = request.status === 'closing' ? 'close' : 'open';
      await deps.queue.converge([request.machine], `${request.id}-${request.version}`, urgency);
    }
    // What is made right at once is told at once: how it opens, or closes, is seen where that takes a while. Of broken glass
    // everybody is told before it opens.
    const soon = new Set(due.filter(({ breakGlass }) => !breakGlass));
    await deps.queue.notify(
      requests.map((one) => ({ id: one.id, version: one.version, ...(soon.has(one) ? { soon: true } : {}) })),
    );
  } catch (error) {
    deps.log.warn({ error }, 'hints were lost; the due index will find the work');
  }
}

/** What is in trouble comes back by the due index, after its back-off. */
function isHinted(request: Request): boolean {
  const debt = owes(request);
  return debt !== undefined && debt !== 'look' && debt !== 'cut' && !(isApproved(request) && request.trouble);
}
