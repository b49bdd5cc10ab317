import { durationText } from '../../core/language/duration.ts';
import type { Line } from '../../core/language/text.ts';
import { extensionOf, isInForce, type Request } from '../../core/request/request.ts';
import { portText } from '../../core/rule/port.ts';
import { isAny, sourceText } from '../../core/rule/source.ts';
import { standingNotes, viewOf } from '../../core/view/projection.ts';
import { who } from '../../core/view/words.ts';

/** What was understood, with every default named: above all the source. */
export function submitted(request: Request, sourceGiven: boolean): readonly Line[] {
  const { id, machineName, ports, source, forMs } = request;
  const from = `from ${sourceText(source)}${sourceGiven ? '' : ' (your usual address; write `from <address>` for another)'}`;
  const asked = request.asked.flatMap(
    (person, i): Line =>
      i === 0 ? [{ person: person.id, name: person.name }] : [', ', { person: person.id, name: person.name }],
  );
  return [
    [
      `Asked for ${machineName}: port ${ports.map(portText).join(', ')}, for ${durationText(forMs)}, ${from}. Request \`${id}\`.`,
    ],
    ['Waiting for ', ...asked, '.'],
    ...(request.bastion === undefined
      ? []
      : [[`Everyone who may use the Bastion ${request.bastion} can get to the machine then.`]]),
    ...(isAny(source) ? [['This opens the port to everybody.']] : []),
    ...standingNotes(request),
  ];
}

/** What a typed decision that names no id would decide, and the command that decides just that. */
export function wouldDecide(request: Request, verb: 'approve' | 'deny', reason: string | undefined): readonly Line[] {
  const { id, machineName, ports, source, justification } = request;
  const extension = extensionOf(request);
  const what = extension ? `${durationText(extension.forMs)} more on` : 'access to';
  const forMs = extension || request.status !== 'pending' ? '' : `, for ${durationText(request.forMs)}`;
  const command = `/jit ${verb} ${id}${verb === 'deny' ? ` because ${reason ?? '<reason>'}` : ''}`;
  return [
    [
      who(request.requester),
      ` asks for ${what} ${machineName}: port ${ports.map(portText).join(', ')}${forMs}, from ${sourceText(source)}. “${justification}”`,
    ],
    [`Nothing was decided yet. To ${verb} this: \`${command}\``],
  ];
}

export function decided(request: Request, verdict: 'approve' | 'deny'): Line {
  if (verdict === 'deny')
    return [
      `Denied request \`${request.id}\` for ${request.machineName}. `,
      { person: request.requester.id, name: request.requester.name },
      ' is told.',
    ];
  return request.status === 'pending'
    ? ['Noted; one more approval is needed.']
    : [`Approved request \`${request.id}\` for ${request.machineName}.`];
}

export function ended(request: Request): Line {
  return [`Request \`${request.id}\` for ${request.machineName}: `, ...viewOf(request).status, '.'];
}

export function extending(request: Request): Line {
  const extension = extensionOf(request);
  if (extension)
    return [
      `Asked for ${durationText(extension.forMs)} more on ${request.machineName}; until that is approved the old end holds.`,
    ];
  const until = isInForce(request) ? [' is open until ', { at: request.lease.until }] : [];
  return [`Extended: ${request.machineName}`, ...until, '.'];
}
