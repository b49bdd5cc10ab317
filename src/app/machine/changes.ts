import { JitError } from '../../core/errors/errors.ts';
import { lackText } from '../../core/policy/approval.ts';
import type { Judgement } from '../request/judgement.ts';

/** All that would not be allowed any more, the approvals first: whose does not count now, or which policy wants more. */
export function changesIn({
  unsatisfied,
  missing,
  voided,
}: Pick<Judgement, 'unsatisfied' | 'missing' | 'voided'>): readonly JitError[] {
  if (missing.length === 0) return unsatisfied;
  const gone = voided.map(({ name }) => new JitError('approvalVoid', { name }));
  const more = missing.map((lack) => {
    return new JitError('moreApprovals', { policy: lackText(lack), needs: lack.needs, have: lack.have });
  });
  return [...(gone.length > 0 ? gone : more), ...unsatisfied.filter(({ code }) => code !== 'noApprover')];
}
