import type { Person } from '../../core/people/person.ts';
import type { Answer } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { beginStepUp } from '../people/step-up.ts';
import { told } from './told.ts';

/** An approval that was refused because its approver has to do more is answered with how. Undefined for every other refusal. */
export async function steppingUp(
  deps: Deps,
  person: Person,
  shown: { readonly request: string; readonly version: number; readonly reason?: string },
  error: unknown,
): Promise<Answer | undefined> {
  try {
    const begun = await beginStepUp(deps, person, shown, error);
    if (!begun) return undefined;
    return 'report' in begun
      ? { lines: [], refused: true, report: begun.report }
      : { lines: begun.lines, refused: true, isPrivate: true };
  } catch (why) {
    return { lines: [told(deps, why).line], refused: true };
  }
}
