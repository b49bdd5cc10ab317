import { durationText } from '../../core/language/duration.ts';
import { lasting, say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { countText, neededLine } from '../../core/view/approvals.ts';
import { viewOf } from '../../core/view/projection.ts';
import { fromText, listed, nameOf, portList } from '../../core/view/words.ts';
import type { Submitted } from './submit.ts';
import { submitted } from './words.ts';

/** What became of an ask: the request that it made, or the one that stands for the same. */
export function taken(
  { request, stoodBefore }: Submitted,
  { source, forMs, whom }: { readonly source?: string; readonly forMs?: number; readonly whom?: string },
): readonly Line[] {
  return stoodBefore ? askedBefore(request, forMs, whom === undefined) : submitted(request, source !== undefined);
}

/** The first of two that ask for the same: what it is, how it stands, and what leads to another time or reason. */
function askedBefore(request: Request, forMs: number | undefined, isOwn: boolean): readonly Line[] {
  const { id } = request;
  const what = say`${portList(request.ports)} for ${lasting(request.forMs)} from ${fromText(request)}`;
  const needed = countText(request) === '' ? listed(request.asked, 'or') : neededLine(request);
  const longer = forMs === undefined ? '' : ` for ${durationText(forMs).replaceAll(' ', '')}`;
  return [
    [
      isOwn
        ? say`You requested this already, so nothing new was sent: request \`${id}\` for ${nameOf(request)}, ${what}, requested at ${{ at: request.askedAt }}.`
        : say`This was requested already, so nothing new was sent: request \`${id}\` for ${nameOf(request)}, ${what}, requested at ${{ at: request.askedAt }}.`,
    ],
    request.status === 'pending' ? [say`Waiting for approval by ${needed}.`] : [say`${viewOf(request).status}.`],
    isInForce(request)
      ? [say`To stay longer: \`/jit extend ${id}${longer}\`.`]
      : [say`To change the time or the reason: \`/jit withdraw ${id}\`, then request again.`],
  ];
}
