import type { Command } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import type { Person } from '../../core/people/person.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import type { Report } from '../../core/view/report.ts';
import type { Answer } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { everythingLines, listFor, listLines, openLine } from './queries.ts';

type Listing = Extract<Command, { readonly verb: 'list' }>;

/** Chats show some rows of a section only. */
const MOST_LISTED = 11;

/** `/jit list`, in lines for chats without pages; what waits has a button for each there. */
export async function listing(deps: Deps, person: Person, { all, whose }: Listing): Promise<Answer> {
  if (whose === 'pending') return { ...(await pendingAnswer(deps, person)), openPage: whose };
  const lines = await (all ? everythingLines(deps, person) : listLines(deps, person, whose));
  return { lines, refused: false, openPage: all ? 'all' : (whose ?? 'list') };
}

/** `/jit list pending`: what waits for this person to decide, each with a button that shows it. */
async function pendingAnswer(deps: Deps, person: Person): Promise<Answer> {
  const all = await listFor(deps, person);
  const waiting = all.filter((request) => request.requester.id !== person.id && isWaiting(request));
  if (waiting.length === 0) return { lines: [[say`Nothing waits for your decision.`]], refused: false };
  return { lines: [], refused: false, report: pendingReport(waiting, person) };
}

function pendingReport(waiting: readonly Request[], person: Person): Report {
  const more = waiting.length - MOST_LISTED;
  const rows = waiting.slice(0, MOST_LISTED).map((request) => ({
    line: openLine(request, person),
    button: { label: 'Show', command: `show ${request.id}` },
  }));
  return {
    title: waiting.length === 1 ? '1 request waits for you' : say`${waiting.length} requests wait for you`,
    sections: [{ heading: '', rows: [...rows, ...(more > 0 ? [{ line: [say`… and ${more} more.`] }] : [])] }],
  };
}
