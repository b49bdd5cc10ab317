import { JitError } from '../../core/errors/errors.ts';
import { pinned } from '../../core/language/asked-source.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { sourceText } from '../../core/rule/source.ts';
import { fromText, nameOf } from '../../core/view/words.ts';
import type { Answer, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { beginAddress } from '../people/address.ts';
import { move, mustBeMovable } from '../request/move.ts';

/** `/jit move`, of the request that is meant: from the address that was typed, or from the one that the page is going to see. */
export async function moveTyped(
  deps: Deps,
  person: Person,
  { id, source }: { readonly id: string; readonly source?: string },
  sender: Sender,
): Promise<Answer> {
  if (source === undefined) return beginMove(deps, person, id, sender);
  const named = pinned(source, deps.rules.sources);
  return { lines: await moved(deps, person, id, named.source), refused: false };
}

/** “I moved”: a link to the page that sees the address, for the requester alone. Throws what stands against any move of it, and `missingMove` where no page is served. */
export async function beginMove(deps: Deps, person: Person, id: string, sender: Sender): Promise<Answer> {
  await mustBeMovable(deps, person, id);
  if (!deps.pages) throw new JitError('missingMove', { id });
  return { lines: await beginAddress(deps, person, sender, `move ${id}`), refused: false, isPrivate: true };
}

/** Moves it, and says so to the requester. */
export async function moved(deps: Deps, person: Person, id: string, source: string): Promise<readonly Line[]> {
  return movedLines(await move(deps, person, id, source));
}

function movedLines(request: Request): readonly Line[] {
  const from = request.moved ? sourceText(request.moved.from) : '';
  const until: Line = isInForce(request) ? [say` It ends at ${{ at: request.lease.until }} as before.`] : [];
  return [
    [
      say`Moved: ${nameOf(request)} opens from ${fromText(request)} as soon as it is closed from ${from}.${until} It is request \`${request.id}\` now.`,
    ],
  ];
}
