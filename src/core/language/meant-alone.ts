import { parseSource } from '../rule/source.ts';
import { type CommandReading, only, PLACEHOLDER } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { readTarget } from './target.ts';
import type { Token } from './token.ts';
import { isId, which, whichOf } from './which-ask.ts';

/** One word without a verb, of which nobody can tell what is to be done: the ID of a request, an address, a ticket, a link. Each that may be meant. */
export function meantAlone({ tokens, reason }: SaidCommand): CommandReading | undefined {
  const [token, ...more] = tokens;
  if (!token || token.isQuoted || reason !== undefined) return undefined;
  const ids = tokens.filter((one) => isId(one) && /\d/.test(one.text));
  if (more.length > 0 && ids.length === tokens.length)
    return only(...ids.map((one) => ({ verb: 'show' as const, ...which(whichOf(one)) })));
  return more.length > 0 ? undefined : ofOne(token);
}

function ofOne(token: Token): CommandReading | undefined {
  const { text } = token;
  // The number of somebody who asks, as their approver is asked for it.
  if (/^[1-9]\d$/.test(text) && text !== '22') return only({ verb: 'match', which: PLACEHOLDER.id, number: text });
  const { name, ports } = readTarget(token);
  const request = { verb: 'request' as const, typed: { machine: name, ports } };
  if (ports.length === 0 && isId({ text: name, at: 0 }) && /\d/.test(name)) {
    const show = { verb: 'show' as const, which: name };
    return text === name ? { groups: [[show], [request]], how: 'or' } : only(show);
  }
  const source = parseSource(text);
  if (source !== undefined) {
    const from = { verb: 'request' as const, typed: { machine: PLACEHOLDER.machine, source } };
    return /\/(?!32$|128$)\d+$/.test(source) ? only(from) : { groups: [[request], [from]], how: 'or' };
  }
  if (/^(?:[A-Z][A-Z0-9]{1,9}-\d+|[A-Z]{3,4}\d{5,})$/.test(text)) {
    const about = { verb: 'request' as const, typed: { machine: PLACEHOLDER.machine, justification: text } };
    return { groups: [[about], [request]], how: 'or' };
  }
  return undefined;
}
