import { JitError } from '../../core/errors/errors.ts';
import type { Ask, Command, Typed } from '../../core/language/command.ts';
import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import type { Drill } from '../../core/request/drill.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { openQuestions } from '../../core/request/question.ts';
import { isInForce, isWaiting, type Request } from '../../core/request/request.ts';
import { isReviewable } from '../../core/request/reviewing.ts';
import { doctorReport } from '../../core/view/doctor-page.ts';
import { drillLines } from '../../core/view/drill-page.ts';
import { homeReport } from '../../core/view/home-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { DecidingVerb } from '../../core/view/view.ts';
import type { Answer, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { breakGlass } from '../glass/break.ts';
import { reviewGlass } from '../glass/review.ts';
import { reviewLines } from '../glass/reviews.ts';
import { glassAnswer } from '../glass/words.ts';
import { doctor } from '../operators/doctor.ts';
import { delegate } from '../people/delegate.ts';
import { approveWithNumber } from '../people/step-up.ts';
import type { ProtectActor } from '../protect/actor.ts';
import { type Consented, consent } from '../protect/consent.ts';
import { lockdowns } from '../protect/lockdowns.ts';
import { machines } from '../protect/machines.ts';
import { type Protected, protect } from '../protect/protect.ts';
import { recommend } from '../protect/recommend.ts';
import { type Restored, restore, restoredLines } from '../protect/restore.ts';
import { isSelector } from '../protect/select.ts';
import { protectedLines } from '../protect/text.ts';
import { type Unprotected, unprotect, unprotectedLines, unprotectedReport } from '../protect/unprotect.ts';
import { requestAgain } from '../request/again.ts';
import { decide } from '../request/decide.ts';
import { revoke, withdraw } from '../request/end.ts';
import { explain } from '../request/explain.ts';
import { extendOnce } from '../request/extend.ts';
import { answerQuestions, askRequester } from '../request/question.ts';
import { takeSeveral } from '../request/several.ts';
import { taken } from '../request/taken.ts';
import { why } from '../request/why.ts';
import { answered, asked, decided, ended, extending, wouldDecide } from '../request/words.ts';
import { decideRules } from '../rules/decide.ts';
import { addressing, fromConfirmed } from './addressing.ts';
import { type ClosedAll, closeAll } from './close-all.ts';
import { HELP, helpAbout } from './help.ts';
import { home } from './home.ts';
import { linking } from './linking.ts';
import { moveTyped } from './moving.ts';
import { nudgeTyped } from './nudging.ts';
import { offerTyped } from './offers.ts';
import { renamedLines } from './otherwise-called.ts';
import { listing } from './pending.ts';
import { meant } from './queries.ts';
import { decision } from './refusals.ts';
import { show } from './show.ts';
import { actorOf } from './speaking.ts';
import { steppingUp } from './stepping-up.ts';
import { closeStray, strayCalled } from './strays.ts';
import { told } from './told.ts';

type Of<V extends Command['verb']> = Extract<Command, { readonly verb: V }>;
/** Does what was typed behind `/jit`. */
export async function run(deps: Deps, person: Person, command: Command, sender: Sender): Promise<Answer> {
  switch (command.verb) {
    case 'help':
      return ok(...(command.about ? helpAbout(command.about) : HELP));
    case 'list':
      return listing(deps, person, command);
    case 'request':
      if (!command.ask) return { lines: [], refused: false, openForm: { form: 'request', ...typedIn(command) } };
      return requesting(deps, person, command.ask, sender);
    case 'break-glass':
      if (!command.ask)
        return { lines: [], refused: false, openForm: { form: 'request', isBreakGlass: true, ...typedIn(command) } };
      return glassAnswer(await breakGlass(deps, person, await fromConfirmed(deps, person, command.ask), sender));
    case 'address':
      return addressing(deps, person, command.which, sender);
    case 'reviews':
      return ok(...(await reviewLines(deps, person)));
    case 'protect':
      return protecting(deps, actorOf(person, sender), command);
    case 'delegate':
      return ok(...(await delegate(deps, person, command.ask, sender)));
    case 'nudge':
      return ok(...(await nudgeTyped(deps, person, command.which)));
    case 'home':
    case 'show':
    case 'why':
    case 'explain':
    case 'recommend':
    case 'lockdowns':
    case 'machines':
    case 'doctor':
      return paging(command, await pageOf(deps, person, command, sender));
    case 'link':
    case 'links':
    case 'unlink':
    case 'board':
    case 'whoami':
      return ok(...(await linking(deps, person, command, sender)));
    case 'match':
      return ok(decided(await matched(deps, person, command), 'approve'));
    case 'unprotect':
      return unprotecting(await unprotect(deps, command.machine, actorOf(person, sender)));
    case 'close all':
      return closing(await closeAll(deps, person, command));
    case 'drill':
      return { lines: drillLines(await drilled(deps, person, command.machine, sender)), refused: false };
    case 'consent':
      return consenting(await consent(deps, command, actorOf(person, sender)));
    case 'rules':
      return consenting(await decideRules(deps, command, { person, chat: sender.chat, account: sender.user }));
    case 'restore':
      return restoring(await restore(deps, command, actorOf(person, sender)));
    default:
      return decidingNamed(deps, person, { ...command, sender });
  }
}

/** What was typed is kept with what it meant, also where it is refused. */
function decidingNamed(
  deps: Deps,
  person: Person,
  command: Of<DecidingVerb> & { readonly sender: Sender },
): Promise<Answer> {
  return decision(deps, { verb: command.verb, typed: command.which }, async (meaning) => {
    let found: Request | undefined;
    const answer = await decidingTyped(deps, person, command, async (fits) => {
      found = meaning(await meant(deps, person, command, fits));
      return found;
    });
    return { ...answer, lines: [...answer.lines, ...renamedLines(found, command.which)] };
  });
}

function paging({ verb }: Shown, report: Report): Answer {
  return { lines: [], refused: false, report, ...(verb === 'home' ? { openPage: 'home' as const } : {}) };
}

async function requesting(deps: Deps, person: Person, typed: Ask, sender: Sender): Promise<Answer> {
  return ok(...(await takeSeveral(deps, person, await fromConfirmed(deps, person, typed), sender)));
}

type Shown =
  | Of<'show' | 'why' | 'explain'>
  | Extract<Command, { readonly verb: 'home' | 'recommend' | 'lockdowns' | 'machines' | 'doctor' }>;

/** What is shown, and changes nothing. */
async function pageOf(deps: Deps, person: Person, command: Shown, sender: Sender): Promise<Report> {
  switch (command.verb) {
    case 'home':
      return homeReport(await home(deps, person));
    case 'show':
      return show(deps, person, command.which);
    case 'why':
      return why(deps, person, await fromConfirmed(deps, person, command));
    case 'explain':
      return explain(deps, person, await fromConfirmed(deps, person, command), sender);
    case 'recommend':
      return recommend(deps, person);
    case 'lockdowns':
      return lockdowns(deps, actorOf(person, sender));
    case 'machines':
      return machines(deps, actorOf(person, sender));
    case 'doctor':
      return doctorReport(await doctor(deps, person));
  }
}

function typedIn({ typed }: Of<'request' | 'break-glass'>): { readonly typed?: Typed } {
  return typed ? { typed } : {};
}

/** A number that is wrong is a refused decision. */
function matched(deps: Deps, person: Person, { which, number }: Of<'match'>): Promise<Request> {
  return decision(deps, { verb: 'approve', request: which }, () => approveWithNumber(deps, person, which, number));
}

/** Finds the request that is meant, among those that fit. */
type Meant = (fits: (request: Request) => boolean) => Promise<Request>;

async function decidingTyped(
  deps: Deps,
  person: Person,
  command: Of<DecidingVerb> & { readonly sender: Sender },
  which: Meant,
): Promise<Answer> {
  switch (command.verb) {
    case 'approve':
    case 'deny':
      return deciding(deps, person, command, which);
    case 'withdraw': {
      const { id } = await which(({ status }) => status === 'pending' || status === 'scheduled');
      return ok(ended(await withdraw(deps, person, id, command.reason)));
    }
    case 'revoke': {
      const stray = command.which === undefined ? undefined : await strayCalled(deps, command.which);
      if (stray) return ok(await closeStray(deps, person, stray, command.reason));
      const { id } = await which((request) => request.status === 'scheduled' || isInForce(request));
      return ok(ended(await revoke(deps, person, id, command.reason)));
    }
    case 'right':
    case 'wrong': {
      const { id } = await which(isReviewable);
      return ok(ended(await reviewGlass(deps, person, { request: id, verdict: command.verb, words: command.reason })));
    }
    case 'ask': {
      const { id } = await which((request) => request.status === 'pending' && !isTheirs(request, person.id));
      return ok(asked(await askRequester(deps, person, id, command.words)));
    }
    case 'answer': {
      const { id } = await which((request) => openQuestions(request).length > 0);
      return ok(answered(await answerQuestions(deps, person, id, command.words)));
    }
    case 'again': {
      const { id } = await which((request) => request.requester.id === person.id);
      return ok(...taken(await requestAgain(deps, person, id, command.sender), { source: 'as before' }));
    }
    case 'less':
    case 'accept':
    case 'decline':
      return ok(...(await offerTyped(deps, person, command, which)));
    case 'move': {
      const { id } = await which((request) => isInForce(request) && request.requester.id === person.id);
      return moveTyped(deps, person, { ...command, id }, command.sender);
    }
    case 'extend': {
      const { id } = await which((request) => isInForce(request) && request.requester.id === person.id);
      return ok(extending(await extendOnce(deps, person, id, { ...command, since: command.sender.since })));
    }
  }
}

/**
 * A typed decision names the id of what it decides. A machine's name, or nothing, is answered with what it would decide: by
 * the time it is typed another request may stand there.
 */
async function deciding(deps: Deps, person: Person, command: Of<'approve' | 'deny'>, find: Meant): Promise<Answer> {
  const { verb, which, reason } = command;
  const isOthers = (request: Request) => !isTheirs(request, person.id) && isWaiting(request);
  const request = await find(isOthers);
  if (which?.toLowerCase() !== request.id) return ok(...wouldDecide(request, command));
  const given = { request: request.id, verdict: verb, ...(reason === undefined ? {} : { reason }) };
  try {
    return ok(decided(await decide(deps, person, given), verb));
  } catch (error) {
    const shown = { request: request.id, version: request.version, ...(reason ? { reason } : {}) };
    const begun = verb === 'approve' ? await steppingUp(deps, person, shown, error) : undefined;
    if (begun) return begun;
    throw error;
  }
}

async function protecting(deps: Deps, actor: ProtectActor, command: Of<'protect'>): Promise<Answer> {
  const [machine = ''] = command.which;
  const isOne = command.which.length === 1 && !isSelector(machine);
  if (!command.ports && !command.standing && isOne)
    return { lines: [], refused: false, openForm: { form: 'ports', machine } };
  return protectedAnswer(deps, await protect(deps, command, actor));
}

function unprotecting(state: Unprotected): Answer {
  const { page } = state;
  return page
    ? { lines: [], refused: false, report: unprotectedReport({ ...state, page }) }
    : ok(...unprotectedLines(state));
}

function closing(result: ClosedAll | { readonly page: Report }): Answer {
  return 'page' in result
    ? { lines: [], refused: false, report: result.page }
    : { lines: result.lines, refused: result.failed > 0 };
}

function consenting(result: Consented): Answer {
  return 'page' in result ? { lines: [], refused: false, report: result.page } : ok(...result.lines);
}

function restoring(result: Restored): Answer {
  return 'page' in result ? { lines: [], refused: false, report: result.page } : ok(...restoredLines(result));
}

function protectedAnswer(deps: Deps, result: Protected): Answer {
  if ('page' in result) return { lines: [], refused: false, report: result.page };
  const failed = result.failed.map(({ name, error }): Line => [`${name}: `, ...told(deps, error).line]);
  const lines = [...result.done.flatMap((state) => protectedLines(deps, state)), ...failed];
  return { lines, refused: result.done.length === 0 };
}

async function drilled(deps: Deps, person: Person, machine: string | undefined, sender: Sender): Promise<Drill> {
  if (!deps.driller) throw new JitError('drillNotSet');
  return deps.driller.begin(person, machine, sender);
}

function ok(...lines: readonly Line[]): Answer {
  return { lines, refused: false };
}
