import { commas, say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import type { MovedTo } from '../request/moved.ts';
import { isQuiet } from '../request/proof.ts';
import { isInForce, type Request } from '../request/request.ts';
import { namedSourceWords } from '../rule/source.ts';

/** Behind the source, while it counts: where it may move without another decision, each of it. */
export function movesText(request: Request): Line {
  const { moveWithin = [], status } = request;
  const counts = status === 'pending' || status === 'scheduled' || isInForce(request);
  return counts && moveWithin.length > 0 ? [say`, may move within ${movesList(moveWithin)}`] : [];
}

/** `office (198.51.100.0/24), 203.0.113.0/24` */
export function movesList(moveWithin: NonNullable<Request['moveWithin']>) {
  return say`${commas(moveWithin.map(namedSourceWords))}`;
}

/** May its requester move it at all? */
export function mayMove({ moveWithin = [] }: Request): boolean {
  return moveWithin.length > 0;
}

/** Where it goes on; undefined where it does not. */
export function movedTo(request: Request): MovedTo | undefined {
  return 'ending' in request && request.ending.why === 'revoked' ? request.ending.movedTo : undefined;
}

/** Is its end told by the card of the access that it was moved to? What did not go well is told all the same. */
export function isToldByNext(request: Request, announce: string): boolean {
  if (!movedTo(request)) return false;
  return announce === 'closing' || (announce === 'ended' && request.status === 'ended' && isQuiet(request.proof));
}
