import type { Saying } from '../../core/language/text.ts';
import { servedAddresses } from '../../core/machine/address.ts';
import { moveWithin } from '../../core/policy/moving.ts';
import type { AskedWith } from '../../core/request/again.ts';
import { endUnusedOf } from '../../core/request/ending-unused.ts';
import type { Request } from '../../core/request/request.ts';
import type { Unused } from '../../core/request/unused.ts';
import { samePort } from '../../core/rule/port.ts';
import { isGroup } from '../../core/rule/source.ts';
import { differences } from '../../core/view/difference.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { caseOf } from './case.ts';
import { askedAnewHolding } from './held-back.ts';
import { judgedBy } from './judged-by.ts';
import { type AllowedCase, analyse, type Judgement, mustBeAllowed } from './judgement.ts';

/** A request that could be approved as it is now, and is not what its cards show. */
export interface Changed {
  /** One at least. */
  readonly what: readonly Saying[];
  readonly allowed: AllowedCase;
}

/**
 * What of the request changed since it was shown, as it was judged just now. Undefined where nothing did, and where more stands
 * against it: then there is nothing that could be asked again.
 */
export function changedIn(request: Request, judgement: Judgement): Changed | undefined {
  const { requester, state, failed, unsatisfied } = judgement;
  const others = unsatisfied.filter(({ code }) => code !== 'machineReplaced');
  if (!requester || !state || failed.length + others.length > 0) return undefined;
  const allowed = { ...judgement, requester, state, unsatisfied: [] };
  const what = differences(request, factsOf(request, allowed));
  return what.length === 0 ? undefined : { what, allowed };
}

/** What it is asked with again: as it is now, and without anybody's approval. */
export async function askedWith(deps: Deps, request: Request, { allowed: { state } }: Changed): Promise<AskedWith> {
  const { askedAt: _, identity: __, ...about } = caseOf(request);
  const afresh = mustBeAllowed(await analyse(deps, { ...about, approvedBy: [] }, answerInTime(), async () => state));
  return { ...factsOf(request, afresh), quorum: afresh.quorum, ...(await askedAnewHolding(deps, request, afresh)) };
}

/** What a request is judged by, as it is now. */
export function factsOf(
  {
    ports,
    source,
    bastion,
    moveWithin: before,
    unused,
  }: Pick<Request, 'ports' | 'source' | 'bastion' | 'moveWithin' | 'unused'>,
  { policies, demands, state }: AllowedCase,
): Pick<
  Request,
  'policies' | 'policyVersion' | 'demands' | 'moveWithin' | 'unused' | 'identity' | 'addresses' | 'standing'
> {
  const { identity, addresses, standing } = state;
  // Whoever comes through a Bastion or bears a group comes from no address of their own.
  const moves = bastion === undefined && !isGroup(source) ? moveWithin(policies) : [];
  return {
    ...judgedBy(policies),
    ...(demands === undefined ? {} : { demands }),
    ...(moves.length > 0 || before ? { moveWithin: moves } : {}),
    ...unusedIn({ policies, source, unused }, state),
    ...(identity === undefined ? {} : { identity }),
    ...(addresses ? { addresses: servedAddresses(source, ports, addresses) } : {}),
    standing: standing.filter(({ port }) => ports.some((one) => samePort(one, port))),
  };
}

/** Whether it is closed early where nobody connects, and whether that can be told. Kept as not, where it was before. */
function unusedIn(
  { policies, source, unused }: Pick<Request, 'source' | 'unused'> & Pick<AllowedCase, 'policies'>,
  { usageUntold }: MachineState,
): { readonly unused?: Unused } {
  const afterMs = endUnusedOf(policies);
  if (afterMs === undefined) return unused ? { unused: {} } : {};
  // Who bears a group is not told by an address.
  const untold = isGroup(source) ? 'its source is a security group' : usageUntold;
  return { unused: { afterMs, ...(untold === undefined ? {} : { untold }) } };
}
