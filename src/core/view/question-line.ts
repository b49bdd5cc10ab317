import { quotedWithin } from '../language/quotation.ts';
import { lasting, say } from '../language/say.ts';
import { type Line, tidy } from '../language/text.ts';
import { CLOUD_NAMES, cloudOf } from '../machine/machine.ts';
import type { Extension } from '../request/lease.ts';
import { askerOf } from '../request/on-behalf.ts';
import { extensionOf, type InForce, isInForce, type Request } from '../request/request.ts';
import { isAny } from '../rule/source.ts';
import { movesText } from './moves.ts';
import { startLine } from './starting.ts';
import { fromWhose } from './whose.ts';
import { endByLine, forWhom, fromText, nameOf, portList, who } from './words.ts';

/**
 * What is to be decided, with everything that a decision needs. A phone shows some hundred letters of it: who asks for what, for how
 * long, and why stand there; from where, on which machine, and until when come behind. From everywhere is said with what it opens.
 */
export function questionLine(request: Request): Line {
  const extension = extensionOf(request);
  if (isInForce(request) && extension) return extensionLine(request, extension);
  const { justification } = request;
  const until: Line = request.status === 'pending' ? [say` Decide by ${{ at: request.answerBy }}.`] : [];
  return [
    say`${who(askerOf(request))} asks for access to ${nameOf(request)}${forWhom(request)}: ${wantedLine(request)}. ${quotedWithin(justification)} ${whereLine(request)}${until}`,
  ];
}

/** `port 22 (SSH) for 1 h`: what of it a phone has room for. */
export function wantedLine(request: Request): Line {
  const { ports, forMs, source } = request;
  const from = isAny(source) ? say` from ${fromText(request)}` : '';
  const start = startLine(request);
  const starts: Line = start.length > 0 ? [', ', ...start] : [];
  return [say`${portList(ports)}${from} for ${lasting(forMs)}${starts}${endByLine(request)}`];
}

/** `From 203.0.113.7, on AWS, eu-west-1a.` */
function whereLine(request: Request): Line {
  const { machine, location, source } = request;
  const where = [CLOUD_NAMES[cloudOf(machine)], ...(location ? [tidy(location, 80)] : [])].join(', ');
  const moves = movesText(request);
  if (isAny(source) && moves.length === 0) return [say`On ${where}.`];
  return [say`From ${fromWhose(request)}${moves}, on ${where}.`];
}

export function extensionLine(request: InForce, extension: Extension): Line {
  const { until } = request.lease;
  // What weighs most is not behind the reason, where a phone shows nothing any more.
  const anywhere = isAny(request.source) ? say` from ${fromText(request)}` : '';
  return [
    say`${who(extension.by)} asks for ${lasting(extension.forMs)} more on ${nameOf(request)}${anywhere}, until ${{ at: until + extension.forMs }} instead of ${{ at: until }}. Reason for the access: ${quotedWithin(request.justification)} ${{ say: '{0}', with: { 0: [portList(request.ports)] }, first: 'upper' }}${anywhere === '' ? say` from ${fromText(request)}` : ''}.`,
  ];
}
