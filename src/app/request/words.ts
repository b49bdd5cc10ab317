import { durationText } from '../../core/language/duration.ts';
import type { Line } from '../../core/language/text.ts';
import { extensionOf, isInForce, isWaiting, type Request } from '../../core/request/request.ts';
import { countText, neededLine } from '../../core/view/approvals.ts';
import { questionLine } from '../../core/view/milestone.ts';
import { notesOf } from '../../core/view/notes.ts';
import { viewOf } from '../../core/view/projection.ts';
import { startLine } from '../../core/view/starting.ts';
import {
  approvers,
  endByLine,
  forWhom,
  fromText,
  listed,
  lowered,
  nameOf,
  portList,
  who,
} from '../../core/view/words.ts';

/** What was understood, with every default named: above all the source. */
export function submitted(request: Request, sourceGiven: boolean): readonly Line[] {
  const whose = request.askedBy ? 'the address that they used last' : 'your usual address';
  const usual = sourceGiven ? '' : ` (${whose}; to use another, add \`from <address>\`)`;
  const what = `${portList(request.ports)} for ${durationText(request.forMs)} from ${fromText(request)}${usual}`;
  const needed = countText(request) === '' ? listed(request.asked, 'or') : neededLine(request);
  const start = startLine(request);
  const starts: Line = start.length > 0 && isWaiting(request) ? ['; ', ...start] : [];
  return [
    [
      `Request \`${request.id}\` for ${nameOf(request)}`,
      ...forWhom(request),
      `: ${what}`,
      ...starts,
      ...endByLine(request),
      '.',
    ],
    isWaiting(request) ? ['Waiting for approval by ', ...needed, '.'] : [...viewOf(request).status, '.'],
    ...notesOf(request).map(({ text }) => text),
  ];
}

/** What a typed decision that names no id would decide, and the command that decides just that. */
export function wouldDecide(request: Request, verb: 'approve' | 'deny', reason: string | undefined): readonly Line[] {
  const command = `/jit ${verb} ${request.id}${verb === 'deny' ? ` because ${reason ?? '<reason>'}` : ''}`;
  return [questionLine(request), [`Nothing was decided yet. To ${verb} this: \`${command}\``]];
}

/** What a decision did; to an approver who was not the last, also who is still needed. */
export function decided(request: Request, verdict: 'approve' | 'deny'): Line {
  const name = nameOf(request);
  const isLonger = request.timeline.at(-1)?.event.startsWith('exten') === true;
  if (verdict === 'deny') {
    const what = isLonger ? `More time on ${name} denied. ` : `Request \`${request.id}\` for ${name} denied. `;
    return [what, who(request.requester), ' is told.'];
  }
  if (isWaiting(request)) return approvedSoFar(request);
  if (isLonger && isInForce(request))
    return [`More time on ${name} approved; it stays open until `, { at: request.lease.until }, '.'];
  const then: Line = request.status === 'scheduled' ? ['; it ', ...startLine(request), '.'] : ['; opening now.'];
  return [`Request \`${request.id}\` for ${name} approved by `, ...approvers(request), ...then];
}

/** It takes more than this approval. */
function approvedSoFar(request: Request): Line {
  const count = countText(request);
  const needed = neededLine(request);
  return [
    `Your approval of \`${request.id}\` for ${nameOf(request)} is recorded`,
    count === '' ? '; more approvals are needed.' : ` (${count}).`,
    ...(needed.length > 0 ? [' Still needed: ', ...needed, '.'] : []),
  ];
}

export function ended(request: Request): Line {
  return [`Request \`${request.id}\` for ${nameOf(request)}: `, ...lowered(viewOf(request).status), '.'];
}

export function extending(request: Request): Line {
  const extension = extensionOf(request);
  const end = isInForce(request) ? [{ at: request.lease.until }] : [];
  return extension
    ? [
        `Asked for ${durationText(extension.forMs)} more on ${nameOf(request)}. Until that is approved, access still ends at `,
        ...end,
        '.',
      ]
    : [`Extended: ${nameOf(request)} is open until `, ...end, '.'];
}

/** To whoever asked. */
export function asked(request: Request): Line {
  return [who(request.requester), ` is asked about \`${request.id}\` for ${nameOf(request)}; you are told the answer.`];
}

export function answered(request: Request): Line {
  return [`Your answer is on request \`${request.id}\` for ${nameOf(request)}; approvers are told.`];
}
