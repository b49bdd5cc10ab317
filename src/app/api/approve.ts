import { ENGLISH, type Line, spoken } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import type { Request } from '../../core/request/request.ts';
import { accessRecord } from '../../core/view/access-record.ts';
import type { Report } from '../../core/view/report.ts';
import type { ApiApproval, ApiDone, ApiStepUp } from '../../ports/api.ts';
import type { Deps } from '../deps.ts';
import { decision } from '../inbox/refusals.ts';
import { approveWithNumber, beginStepUp } from '../people/step-up.ts';
import { decide } from '../request/decide.ts';
import { decided } from '../request/words.ts';
import { saidIn } from './said.ts';

interface Approving {
  readonly here: Deps;
  readonly person: Person;
}

/** Approves by the one judgement, or says what its policy wants first: a page to sign in at, or the number of the requester. */
export async function approve(
  { here, person }: Approving,
  id: string,
  { version, reason, number }: ApiApproval,
): Promise<ApiDone | ApiStepUp> {
  const shown = version ?? (await here.store.load(id)).request?.version ?? 0;
  const because = reason === undefined ? {} : { reason };
  const pinned = version === undefined ? {} : { version };
  try {
    const request = await decision(here, { verb: 'approve', request: id }, () =>
      number === undefined
        ? decide(here, person, { request: id, ...pinned, verdict: 'approve', ...because })
        : approveWithNumber(here, person, id, number),
    );
    return done(request);
  } catch (error) {
    const begun = await beginStepUp(here, person, { request: id, version: shown, ...because }, error);
    if (!begun) throw error;
    return 'report' in begun ? numbersIn(begun.report) : linkIn(begun.lines);
  }
}

function done(request: Request): ApiDone {
  return { request: accessRecord(request), said: saidIn([decided(request, 'approve')]) };
}

function linkIn(lines: readonly Line[]): ApiStepUp {
  const [link = ''] = lines.flatMap((line) =>
    spoken(line, ENGLISH).flatMap((span) => (typeof span !== 'string' && 'link' in span ? [span.link] : [])),
  );
  return { stepUp: { link }, said: saidIn(lines) };
}

/** The page's buttons write `match <id> <number>`. */
function numbersIn({ sections }: Report): ApiStepUp {
  const rows = sections.flatMap((section) => section.rows);
  const numbers = rows.flatMap(({ button }) => button?.command.split(' ').at(-1) ?? []);
  return { stepUp: { numbers }, said: saidIn(rows.flatMap(({ line, button }) => (button ? [] : [line]))) };
}
