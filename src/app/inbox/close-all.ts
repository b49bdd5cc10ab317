import { createHash } from 'node:crypto';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { type Stray, strayId } from '../../core/request/stray.ts';
import { closeAllReport } from '../../core/view/close-all-page.ts';
import type { Report } from '../../core/view/report.ts';
import { act, judged, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { type Closer, mustBeSecurity, revoke } from '../request/end.ts';
import { everything, openLine } from './queries.ts';
import { actingFor, closeStray, strayNews } from './strays.ts';
import { told } from './told.ts';

/** What came of it. */
export interface ClosedAll {
  /** Their rules are being closed: a card says when that is proven. */
  readonly requests: readonly Request[];
  readonly lines: readonly Line[];
  /** So many could not be ended. */
  readonly failed: number;
}

/** `close all [confirm <code>] [because <reason>]`. */
export interface CloseAllAsk {
  /** The code of the page that showed what will be closed. */
  readonly confirm?: string;
  readonly reason?: string;
}

interface AllOpen {
  readonly requests: readonly Request[];
  readonly strays: readonly Stray[];
  /** So many wait for a decision. */
  readonly waiting: number;
}

/**
 * Ends all access and closes the rules whose records were lost, once somebody saw what that is. What waits for a decision
 * goes on waiting; protections and rules of others stay. One that fails holds up no other. Throws `notSecurity`.
 */
export async function closeAll(
  deps: Deps,
  closer: Closer,
  { confirm, reason }: CloseAllAsk,
): Promise<ClosedAll | { readonly page: Report }> {
  const by = { by: actingFor(deps, closer), as: 'id' in closer ? 'security' : 'commandLine' } as const;
  const attempt = { event: 'close all', ...by, ...(reason === undefined ? {} : { words: reason }) } as const;
  await judged(deps, attempt, async () => mustBeSecurity(deps, closer));
  const open = await allOpen(deps);
  const code = codeOf(open);
  if (open.requests.length + open.strays.length > 0 && confirm !== code) {
    await note(deps, { ...attempt, outcome: 'shown', page: code });
    return { page: await pageOf(deps, open, { code, again: confirm !== undefined, reason }) };
  }
  return act(deps, { ...attempt, page: code }, async (closing) => {
    await closing.beginAnyway();
    return endAll(deps, closer, open, reason);
  });
}

async function allOpen(deps: Deps): Promise<AllOpen> {
  const live = await everything(deps);
  const { at } = await deps.store.now();
  const { rules = [] } = (await deps.store.strays()) ?? {};
  return {
    requests: live.filter((request) => request.status === 'scheduled' || isInForce(request)),
    strays: rules.filter(({ until }) => until > at),
    waiting: live.filter(({ status }) => status === 'pending').length,
  };
}

/** The same as long as nothing else is open: not another end, as extending must not hold up an emergency. */
function codeOf({ requests, strays }: AllOpen): string {
  const ids = [...requests.map(({ id }) => id), ...strays.map(strayId)].sort();
  return createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 6);
}

async function pageOf(
  deps: Deps,
  { requests, strays, waiting }: AllOpen,
  ask: { readonly code: string; readonly again: boolean; readonly reason: string | undefined },
): Promise<Report> {
  const { lines: lost } = await strayNews(deps, 'everybody', Number.POSITIVE_INFINITY);
  return closeAllReport(
    { access: requests.map((request) => openLine(request)), lost, waiting },
    { count: requests.length + strays.length, ...ask },
  );
}

async function endAll(
  deps: Deps,
  closer: Closer,
  { requests, strays }: AllOpen,
  reason: string | undefined,
): Promise<ClosedAll> {
  const ended: Request[] = [];
  const lines: Line[] = [];
  let failed = 0;
  const trying = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      failed += 1;
      lines.push([`${what}: `, ...told(deps, error).line]);
    }
  };
  for (const { id, machineName } of requests)
    await trying(`\`${id}\` ${machineName}`, async () => ended.push(await revoke(deps, closer, id, reason)));
  for (const stray of strays)
    await trying(`\`${strayId(stray)}\``, async () => lines.push(await closeStray(deps, closer, stray, reason)));
  return { requests: ended, lines: [closingLine(ended), ...lines], failed };
}

/** What had not begun has nothing to close. */
function closingLine(ended: readonly Request[]): Line {
  const off = ended.filter(({ status }) => status === 'denied' || status === 'withdrawn').length;
  const closing = ended.length - off;
  if (ended.length === 0) return [say`Drawbridge knows of no access that is open.`];
  const called =
    off === 1 ? say`1 that had not started is called off.` : say`${off} that had not started are called off.`;
  if (closing === 0) return [say`Nothing was open. ${called}`];
  const now = say`Closing ${closing} now; each card says when it is proven closed.`;
  return off === 0 ? [now] : [now, ' ', called];
}
