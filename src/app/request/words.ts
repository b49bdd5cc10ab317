import type { Command } from '../../core/language/command.ts';
import { commandText } from '../../core/language/command-text.ts';
import { lasting, say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { extensionOf, isInForce, isWaiting, type Request } from '../../core/request/request.ts';
import { isTerminal } from '../../core/request/workflow.ts';
import { countText, neededLine } from '../../core/view/approvals.ts';
import { earlyLine } from '../../core/view/early.ts';
import { notesOf } from '../../core/view/notes.ts';
import { viewOf } from '../../core/view/projection.ts';
import { questionLine } from '../../core/view/question-line.ts';
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
  const whose = request.askedBy ? say`the address that they used last` : say`your usual address`;
  const usual = sourceGiven ? '' : say` (${whose}; to use another, add \`from <address>\`)`;
  const what = say`${portList(request.ports)} for ${lasting(request.forMs)} from ${fromText(request)}${usual}`;
  const needed = countText(request) === '' ? listed(request.asked, 'or') : neededLine(request);
  const start = startLine(request);
  const starts: Line = start.length > 0 && isWaiting(request) ? ['; ', ...start] : [];
  // The same delivery again, when it is over: nothing new was asked for.
  const again = isTerminal(request.status) ? [say` To request the same again: \`/jit again ${request.id}\`.`] : [];
  return [
    [say`Request \`${request.id}\` for ${nameOf(request)}${forWhom(request)}: ${what}${starts}${endByLine(request)}.`],
    isWaiting(request) ? [say`Waiting for approval by ${needed}.`] : [say`${viewOf(request).status}.${again}`],
    ...notesOf(request).map(({ text }) => text),
  ];
}

/** A decision as it was typed: with its reason, and with what less would be approved. */
type Deciding = Extract<Command, { readonly verb: 'approve' | 'deny' | 'less' }>;

/** What a typed decision that names no id would decide, and the command that decides just that. */
export function wouldDecide(request: Request, typed: Deciding): readonly Line[] {
  const reason = typed.verb === 'deny' ? { reason: typed.reason ?? '<reason>' } : {};
  const command = `/jit ${commandText([{ ...typed, ...reason, which: request.id }])}`;
  const then = {
    approve: say`Nothing was decided yet. To approve this: \`${command}\``,
    deny: say`Nothing was decided yet. To deny this: \`${command}\``,
    less: say`Nothing was decided yet. To offer that: \`${command}\``,
  } as const;
  return [questionLine(request), [then[typed.verb]]];
}

/** What a decision did; to an approver who was not the last, also who is still needed. */
export function decided(request: Request, verdict: 'approve' | 'deny'): Line {
  const name = nameOf(request);
  const isLonger = request.timeline.at(-1)?.event.startsWith('exten') === true;
  if (verdict === 'deny') {
    return [
      isLonger
        ? say`More time on ${name} denied. ${who(request.requester)} is told.`
        : say`Request \`${request.id}\` for ${name} denied. ${who(request.requester)} is told.`,
    ];
  }
  if (isWaiting(request)) return approvedSoFar(request);
  if (isLonger && isInForce(request))
    return [say`More time on ${name} approved; it stays open until ${{ at: request.lease.until }}.`, ...early(request)];
  const then: Line = request.status === 'scheduled' ? [say`; it ${startLine(request)}.`] : [say`; opening now.`];
  return [say`Request \`${request.id}\` for ${name} approved by ${approvers(request)}${then}`, ...early(request)];
}

function early(request: Request): Line {
  const line = earlyLine(request);
  return line.length === 0 ? [] : [' ', ...line];
}

/** It takes more than this approval. */
function approvedSoFar(request: Request): Line {
  const count = countText(request);
  const needed = neededLine(request);
  return [
    say`Your approval of \`${request.id}\` for ${nameOf(request)} is recorded${count === '' ? say`; more approvals are needed.` : say` (${count}).`}${needed.length > 0 ? [say` Still needed: ${needed}.`] : []}`,
  ];
}

export function ended(request: Request): Line {
  return [say`Request \`${request.id}\` for ${nameOf(request)}: ${lowered(viewOf(request).status)}.`];
}

export function extending(request: Request): Line {
  const extension = extensionOf(request);
  const end = isInForce(request) ? [{ at: request.lease.until }] : [];
  return extension
    ? [
        say`Asked for ${lasting(extension.forMs)} more on ${nameOf(request)}. Until that is approved, access still ends at ${end}.`,
      ]
    : [say`Extended: ${nameOf(request)} is open until ${end}.`, ...early(request)];
}

/** To whoever asked. */
export function asked(request: Request): Line {
  return [
    say`${who(request.requester)} is asked about \`${request.id}\` for ${nameOf(request)}; you are told the answer.`,
  ];
}

export function answered(request: Request): Line {
  return [say`Your answer is on request \`${request.id}\` for ${nameOf(request)}; approvers are told.`];
}
