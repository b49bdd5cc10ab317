import type { JitError } from '../../core/errors/errors.ts';
import { mayExtendAlone } from '../../core/request/extend-self.ts';
import { extensionFailed } from '../../core/request/extending.ts';
import { troubled } from '../../core/request/life.ts';
import { ownExtensions } from '../../core/request/moving.ts';
import type { Active } from '../../core/request/request.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { caseOfLonger } from '../request/case.ts';
import { analyse } from '../request/judgement.ts';
import { changesIn } from './changes.ts';
import type { Decision } from './commit.ts';
import { asJitError } from './trouble.ts';

interface Reading {
  readonly now: Now;
  readonly read: () => Promise<MachineState>;
}

/**
 * Judges more time that was approved, before the cloud is told of it: it may have been away since. What is not allowed any more is not
 * given, and neither is what nobody can tell of by the end that the cloud has. Undefined when nothing is against it.
 */
export async function judgeLonger(
  deps: Deps,
  request: Active,
  { now: { at }, read }: Reading,
  signal: AbortSignal,
): Promise<Omit<Decision, 'by'> | undefined> {
  try {
    await deps.mustAgree?.();
    const { isOwn, ...asked } = caseOfLonger(request);
    const judgement = await analyse(deps, asked, signal, read);
    // Whoever took it by themselves needs no approval for as long as the rules still let them.
    const isAlone =
      isOwn && mayExtendAlone(request, judgement.policies, request.lease.until, ownExtensions(request) - 1);
    const [against] = changesIn(isAlone ? { ...judgement, missing: [] } : judgement);
    if (against) return notGiven(request, against, at);
    const [unknown] = judgement.failed;
    if (unknown) throw unknown;
    return undefined;
  } catch (error) {
    const known = asJitError(deps, error, request);
    if (request.lease.seenUntil <= at) return notGiven(request, known, at);
    return { next: troubled(request, known, at), event: 'trouble', text: known.code };
  }
}

function notGiven(request: Active, { say, hint, code }: JitError, at: number): Omit<Decision, 'by'> {
  return { next: extensionFailed(request, `${say} ${hint}`, at), event: 'extension failed', text: code };
}
