import { singled } from '../language/quotation.ts';
import { lasting, say } from '../language/say.ts';
import { tidy } from '../language/text.ts';
import { askerOf } from '../request/on-behalf.ts';
import type { Request } from '../request/request.ts';
import type { Report, Row } from './report.ts';
import { forWhom, fromText, nameOf, portList, who } from './words.ts';

/** Chats show some rows of a section only. */
const MOST_LISTED = 7;
const LONGEST_REASON = 160;

/** What waits for somebody besides the cards that they got, in one message; the oldest first. */
export function burstPage(held: readonly Request[]): Report {
  const shown = held.toSorted((a, b) => a.askedAt - b.askedAt).slice(0, MOST_LISTED);
  const more = held.length - shown.length;
  const rest = more > 0 ? say`… and ${more} more. ` : '';
  const last: Row = {
    line: [
      say`${rest}Their cards are in the channels. To decide: there, or \`/jit approve <id>\`, \`/jit deny <id>\`.`,
    ],
    button: { label: 'List all', command: 'list' },
  };
  const title = held.length === 1 ? say`1 more request waits for you` : say`${held.length} more requests wait for you`;
  return { title, sections: [{ heading: '', rows: [...shown.map(rowOf), last] }] };
}

function rowOf(request: Request): Row {
  const { id, ports, forMs, justification } = request;
  const what = say`${portList(ports)} of ${nameOf(request)} from ${fromText(request)} for ${lasting(forMs)}`;
  return {
    line: [
      say`Request \`${id}\`: ${who(askerOf(request))} asks for ${what}${forWhom(request)}: “${singled(tidy(justification, LONGEST_REASON))}”`,
    ],
    button: { label: 'Show', command: `show ${id}` },
  };
}
