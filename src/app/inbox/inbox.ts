import { JitError } from '../../core/errors/errors.ts';
import type { Ask, Command } from '../../core/language/command.ts';
import { parseCommands, wordsOf } from '../../core/language/grammar.ts';
import { say } from '../../core/language/say.ts';
import type { WallClock } from '../../core/language/until.ts';
import type { Person } from '../../core/people/person.ts';
import type { ChatName } from '../../core/people/place.ts';
import type { Freshness } from '../../ports/directory.ts';
import type { Answer, Form, FormAnswer, HomeAnswer, Inbox, PageAnswer, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { breakGlass } from '../glass/break.ts';
import { glassAnswer } from '../glass/words.ts';
import { portsFormFor, submitPorts } from '../protect/form.ts';
import { protectedLines } from '../protect/text.ts';
import { take } from '../request/submit.ts';
import { taken } from '../request/taken.ts';
import { showWaiting } from '../request/unreached.ts';
import { fromConfirmed, orAddress } from './addressing.ts';
import { askProtector } from './ask-protector.ts';
import { formFor, glassFormFor, machinesFor } from './choices.ts';
import { sayingCut } from './cut-words.ts';
import { asked, formFault, PORT_FAULTS } from './forms.ts';
import { home } from './home.ts';
import { offeredTo } from './offered.ts';
import { pageFor } from './pages.ts';
import { pressed } from './presses.ts';
import { decision } from './refusals.ts';
import { remedied, remedying } from './remedies.ts';
import { insteadOfMachine } from './request-for-machine.ts';
import { runAll } from './several.ts';
import { actorOf, speaking } from './speaking.ts';
import { told } from './told.ts';
import { viewed } from './view.ts';
import { clockFor, onClock } from './wall-clock.ts';

/** Whose ids the people of a chat have. */
const ID_GIVERS: Readonly<Record<ChatName, string>> = { slack: 'Slack', teams: 'Entra' };

/** The one way in for chats. Whatever goes wrong comes back as words that may be shown; the rest goes to the log. */
export function inbox(deps: Deps): Inbox {
  const asking = <T>(sender: Sender, work: Work<T>, sorry: Sorry<T>, freshness: Freshness = 'lately') =>
    answered(deps, sender, { work, sorry, freshness });
  return {
    command: (sender, text) =>
      answered(deps, sender, {
        isTyped: true,
        freshness: freshnessOf(wordsOf(text).verb),
        ...(isLinking(text) ? { meet: async () => strangerOf(sender) } : {}),
        work: (here, person) =>
          orAddress(here, { person, sender, text }, async () => {
            const clock = await clockFor(here, person, text, sender);
            const commands = understood(here, person, text, clock);
            return sayingCut(await runAll(here, person, commands, sender), commands);
          }),
        sorry: refusal,
      }),
    press: (sender, press) =>
      answered(deps, sender, {
        meet: (here) => {
          const { verb, request } = press;
          const meet = () => known(deps, sender, freshnessOf(verb));
          return verb === 'why' || verb === 'details' || verb === 'nudge'
            ? meet()
            : decision(here, { verb, request }, meet);
        },
        work: async (here, person) => sayingCut(await pressed(here, person, press, sender), press.reason),
        sorry: refusal,
      }),
    view: (sender, request) => asking(sender, (here, person) => viewed(here, person, request, sender), refusal),
    opened: (where) =>
      showWaiting(deps, where).catch((error: unknown) =>
        deps.log.warn({ ...where, error }, 'what waits could not be shown where the bot was let in'),
      ),
    form: (sender, isBreakGlass, typed) =>
      asking(
        sender,
        (here, person) =>
          isBreakGlass
            ? glassFormFor(here, person, sender, typed).catch(
                remedying(here, person, { verb: 'break-glass', ...(typed ? { typed } : {}) }),
              )
            : formFor(here, person, { sender }, typed),
        (here, error) => ({ ...NO_FORM, refusal: say`${told(here, error).line}` }),
      ),
    home: async (sender, isOpened) => {
      if (isOpened)
        await deps.homes?.opened(sender.chat, sender.user).catch((error: unknown) => {
          deps.log.warn({ error }, 'who looked at their page could not be kept');
        });
      return asking<HomeAnswer>(
        sender,
        async (here, person) => ({ page: await home(here, person) }),
        (here, error) => ({ refusal: say`${told(here, error).line}` }),
      );
    },
    askProtector: (sender, machine) =>
      answered(deps, sender, { work: (here, person) => askProtector(here, person, machine), sorry: refusal }),
    page: (sender, which, page) =>
      asking<PageAnswer>(
        sender,
        async (here, person) => ({ page: await pageFor(here, person, which, page) }),
        (here, error) => ({ refusal: say`${told(here, error).line}` }),
      ),
    machines: (sender, typed) =>
      asking(
        sender,
        (here, person) => machinesFor(here, person, typed),
        (here, error) => {
          told(here, error);
          return [];
        },
      ),
    submit: (sender, filled) =>
      asking<FormAnswer>(
        sender,
        async (here, person) => {
          const form = asked(filled, here.rules.sources);
          const start = await onClock(here, person, form, sender);
          const ask = await fromConfirmed<Ask>(here, person, { ...form, ...start });
          if (filled.isBreakGlass) {
            const broken = breakGlass(here, person, ask, sender);
            return glassAnswer(await broken.catch(remedying(here, person, { verb: 'break-glass', ask })));
          }
          const lines = taken(await take(here, person, ask, sender), { ...ask, source: filled.source });
          return sayingCut({ lines, refused: false }, filled.justification);
        },
        formFault,
        'now',
      ),
    portsForm: (sender, machine) =>
      asking(
        sender,
        (here, person) =>
          portsFormFor(here, machine, actorOf(person, sender)).catch(async (error: unknown) => {
            // The ID of a request is said to be one, as where ports are typed.
            await insteadOfMachine(here, person, { verb: 'protect', which: [machine] }, error);
            throw error;
          }),
        (here, error) => ({ refusal: say`${told(here, error).line}`, machine, name: '', lines: '', version: '' }),
      ),
    submitPorts: (sender, filled) =>
      asking<FormAnswer>(
        sender,
        async (here, person) => {
          const state = await submitPorts(here, filled, actorOf(person, sender));
          return { lines: protectedLines(here, state), refused: false };
        },
        portsFault,
        'now',
      ),
  };
}

/** What ends access waits for no directory; what only shows may be minutes old; all else is judged by who somebody is now. */
const FRESHNESS: Readonly<Record<string, Freshness>> = {
  ...{ revoke: 'last', close: 'last', withdraw: 'last', deny: 'last', list: 'last', mine: 'last', pending: 'last' },
  ...{
    help: 'lately',
    home: 'lately',
    hi: 'lately',
    show: 'lately',
    why: 'lately',
    recommend: 'lately',
    machines: 'lately',
    lockdowns: 'lately',
    board: 'lately',
    '': 'lately',
  },
};

function freshnessOf(verb: string): Freshness {
  return Object.hasOwn(FRESHNESS, verb) ? (FRESHNESS[verb] ?? 'now') : 'now';
}

function understood(deps: Deps, person: Person, text: string, clock: WallClock | undefined): readonly Command[] {
  try {
    return parseCommands(text, deps.rules.sources, clock);
  } catch (error) {
    throw offeredTo(deps, person, error);
  }
}

/** Whoever links their account is nobody yet. */
function isLinking(text: string): boolean {
  const { verb, first } = wordsOf(text);
  return verb === 'link' && first !== 'list';
}

function strangerOf({ user }: Sender): Person {
  return { id: user, name: user, groups: [] };
}

const NO_FORM: Form = { machines: [], typeAhead: false, ports: [], durations: [] };

/** `here` knows who speaks: a stranger by their account alone. */
type Work<T> = (here: Deps, person: Person) => Promise<T>;
type Sorry<T> = (here: Deps, error: unknown) => T;

interface Answering<T> {
  readonly freshness?: Freshness;
  readonly meet?: (here: Deps) => Promise<Person>;
  /** What was typed has its remedy where it was understood. */
  readonly isTyped?: true;
  readonly work: Work<T>;
  readonly sorry: Sorry<T>;
}

async function answered<T>(deps: Deps, sender: Sender, answering: Answering<T>): Promise<T> {
  const { freshness = 'now', meet, work, sorry, isTyped } = answering;
  let here = speaking(deps, { id: sender.user, name: sender.user }, sender);
  let person: Person | undefined;
  try {
    person = await (meet ? meet(here) : known(deps, sender, freshness));
    here = speaking(deps, person, sender);
    return await work(here, person);
  } catch (error) {
    return sorry(here, person && !isTyped ? await remedied(here, person, error) : error);
  }
}

async function known({ directory }: Deps, { chat, user: id }: Sender, freshness: Freshness): Promise<Person> {
  const person = await directory.person(chat, id, freshness);
  if (!person) throw new JitError('unknownPerson', { chat: ID_GIVERS[chat], id });
  if (person.disabled) throw new JitError('personDisabled', { name: person.name });
  return person;
}

function refusal(deps: Deps, error: unknown): Answer {
  return { lines: [told(deps, error).line], refused: true };
}

function portsFault(deps: Deps, error: unknown): FormAnswer {
  const { code, line } = told(deps, error);
  return { lines: [line], refused: true, ...(PORT_FAULTS.has(code) ? { faults: { ports: say`${line}` } } : {}) };
}
