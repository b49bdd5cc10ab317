import { type Code, JitError, sayOf } from '../../core/errors/errors.ts';
import { parseDuration } from '../../core/language/duration.ts';
import { type Command, LONGEST_REASON, parseCommand, readAskedSource, readPort } from '../../core/language/grammar.ts';
import { type Line, tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { placeKey } from '../../core/people/place.ts';
import { extensionOf, isInForce, type Request } from '../../core/request/request.ts';
import { uniquePorts } from '../../core/rule/port.ts';
import { viewOf } from '../../core/view/projection.ts';
import type { Answer, FilledForm, FormAnswer, FormField, Inbox, Press, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { portsFormFor, submitPorts } from '../protect/form.ts';
import { type Protected, protect } from '../protect/protect.ts';
import { recommend } from '../protect/recommend.ts';
import { isSelector } from '../protect/select.ts';
import { protectedLines } from '../protect/text.ts';
import { unprotect, unprotectedLines } from '../protect/unprotect.ts';
import { decide } from '../request/decide.ts';
import { revoke, withdraw } from '../request/end.ts';
import { extend } from '../request/extend.ts';
import { submit } from '../request/submit.ts';
import { decided, ended, extending, submitted } from '../request/words.ts';
import { HELP } from './help.ts';
import { formFor, listLines, machinesFor, meant } from './queries.ts';

/** The one way in for chats. Whatever goes wrong comes back as words that may be shown; the rest goes to the log. */
export function inbox(deps: Deps): Inbox {
  const known = async (sender: Sender): Promise<Person> => {
    const person = await deps.directory.person(sender.chat, sender.user);
    if (!person)
      throw new JitError('unknownPerson', { chat: sender.chat === 'slack' ? 'Slack' : 'Entra', id: sender.user });
    return person;
  };
  const answer = async (work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      return { lines: [[told(deps, error).text]], refused: true };
    }
  };
  return {
    command: (sender, text) => answer(async () => run(deps, await known(sender), parseCommand(text), sender)),
    press: (sender, press) => answer(async () => pressed(deps, await known(sender), press)),
    async form(sender) {
      try {
        return await formFor(deps, await known(sender));
      } catch (error) {
        return { refusal: told(deps, error).text, machines: [], typeAhead: false, ports: [], durations: [] };
      }
    },
    async machines(sender, typed) {
      try {
        return await machinesFor(deps, await known(sender), typed);
      } catch (error) {
        told(deps, error);
        return [];
      }
    },
    async submit(sender, filled) {
      try {
        const request = await submit(deps, await known(sender), asked(filled), sender);
        return { lines: submitted(request, true), refused: false };
      } catch (error) {
        return formFault(deps, error);
      }
    },
    async portsForm(sender, machine) {
      try {
        return await portsFormFor(deps, machine, await known(sender));
      } catch (error) {
        return { refusal: told(deps, error).text, machine, name: '', lines: '', version: '' };
      }
    },
    async submitPorts(sender, filled) {
      try {
        return ok(...protectedLines(deps, await submitPorts(deps, filled, await known(sender))));
      } catch (error) {
        const { code, text } = told(deps, error);
        return { lines: [[text]], refused: true, ...(PORT_FAULTS.has(code) ? { faults: { ports: text } } : {}) };
      }
    },
  };
}

/** Words for the person; what is not ours is logged under the reference that they are given. */
function told(deps: Deps, error: unknown): { readonly code: Code; readonly text: string } {
  const reference = Buffer.from(deps.random(5)).toString('hex');
  const said = sayOf(error, reference);
  if (said.code === 'bug') deps.log.error({ error, reference }, 'an unexpected error while answering');
  else if (error instanceof JitError && error.kind === 'unjudged')
    deps.log.warn({ error }, 'refused, because it cannot be told');
  else deps.log.info({ code: said.code }, 'answered with a refusal');
  return said;
}

async function run(deps: Deps, person: Person, command: Command, sender: Sender): Promise<Answer> {
  switch (command.verb) {
    case 'help':
      return ok(...HELP);
    case 'list':
      return ok(...(await listLines(deps, person)));
    case 'recommend':
      return { lines: [], refused: false, report: await recommend(deps, person) };
    case 'request':
      if (!command.ask) return { lines: [], refused: false, openForm: { form: 'request' } };
      return ok(...submitted(await submit(deps, person, command.ask, sender), command.ask.source !== undefined));
    case 'protect': {
      const [machine = ''] = command.which;
      const isOne = command.which.length === 1 && !isSelector(machine);
      if (!command.ports && !command.standing && isOne)
        return { lines: [], refused: false, openForm: { form: 'ports', machine } };
      return protectedAnswer(deps, await protect(deps, command, person));
    }
    case 'unprotect': {
      return ok(...unprotectedLines(await unprotect(deps, command.machine, person)));
    }
    case 'approve':
    case 'deny': {
      const id = await meant(
        deps,
        person,
        command.verb,
        command.which,
        (r) => r.requester.id !== person.id && (r.status === 'pending' || extensionOf(r) !== undefined),
      );
      const reason = command.reason === undefined ? {} : { reason: command.reason };
      return ok(decided(await decide(deps, person, { request: id, verdict: command.verb, ...reason }), command.verb));
    }
    case 'withdraw':
      return ok(
        ended(
          await withdraw(
            deps,
            person,
            await meant(deps, person, 'withdraw', command.which, (r) => r.status === 'pending'),
          ),
        ),
      );
    case 'revoke':
      return ok(
        ended(
          await revoke(
            deps,
            person,
            await meant(deps, person, 'revoke', command.which, (r) => isInForce(r)),
            command.reason,
          ),
        ),
      );
    case 'extend': {
      const id = await meant(
        deps,
        person,
        'extend',
        command.which,
        (r) => isInForce(r) && r.requester.id === person.id,
      );
      return ok(extending(await extend(deps, person, id, command.forMs)));
    }
  }
}

async function pressed(deps: Deps, person: Person, press: Press): Promise<Answer> {
  const { verb, request: id, version, reason } = press;
  await adopt(deps, press);
  const done = async (): Promise<Request> => {
    switch (verb) {
      case 'approve':
      case 'deny':
        return decide(deps, person, {
          request: id,
          version,
          verdict: verb,
          ...(reason === undefined ? {} : { reason }),
        });
      case 'withdraw':
        return withdraw(deps, person, id);
      case 'revoke':
        return revoke(deps, person, id, reason);
      case 'extend':
        return extend(deps, person, id);
    }
  };
  try {
    return { lines: [], refused: false, view: viewOf(await done()) };
  } catch (error) {
    const { request } = await deps.store.load(id);
    // The card is out of date or lost: the newest view goes with the refusal, for chats that can show it.
    const lines: readonly Line[] = [[told(deps, error).text]];
    return { lines, refused: true, ...(request ? { view: viewOf(request) } : {}) };
  }
}

/** A card that was posted while nobody heard the answer is adopted at its first click. */
async function adopt(deps: Deps, { request: id, card }: Press): Promise<void> {
  if (!card) return;
  const cards = await deps.store.cards(id);
  const known = cards.find((one) => placeKey(one.place) === placeKey(card.place));
  if (known && !known.ref && (card.nonce === undefined || card.nonce === known.nonce)) {
    await deps.store.keepCard(id, { ...known, ref: card.ref });
  }
}

/** Reads the form's fields; a fault carries its field. */
function asked(filled: FilledForm) {
  const justification = tidy(filled.justification, LONGEST_REASON);
  if (!justification) throw new JitError('missingReason');
  if (!filled.machine) throw new JitError('missingMachine');
  const forMs = parseDuration(filled.duration);
  if (forMs === undefined) throw new JitError('malformedDuration', { word: tidy(filled.duration, 40) });
  const source = filled.source.trim() === '' ? {} : { source: readAskedSource(filled.source) };
  return {
    machine: filled.machine,
    ports: uniquePorts(filled.ports.flatMap((port) => readPort(port))),
    forMs,
    justification,
    ...source,
  };
}

/** What is to be corrected in the lines of a machine's ports. */
const PORT_FAULTS: ReadonlySet<Code> = new Set([
  'missingPorts',
  'malformedPort',
  'malformedSource',
  'missingSource',
  'malformedDuration',
  'repeatedPort',
  'tooShort',
  'tooLong',
  'stillLeased',
]);

const FIELDS: Readonly<Partial<Record<Code, FormField>>> = {
  missingMachine: 'machine',
  unknownMachine: 'machine',
  ambiguousMachine: 'machine',
  machineGone: 'machine',
  noPolicy: 'machine',
  malformedPort: 'ports',
  policyPort: 'ports',
  notProtected: 'ports',
  malformedDuration: 'duration',
  tooShort: 'duration',
  policyDuration: 'duration',
  protectedDuration: 'duration',
  malformedSource: 'source',
  missingSource: 'source',
  policySource: 'source',
  policyAnySource: 'source',
  protectedSource: 'source',
  policyBastion: 'source',
  noBastion: 'source',
  severalBastions: 'source',
  missingReason: 'justification',
};

function formFault(deps: Deps, error: unknown): FormAnswer {
  const { code, text } = told(deps, error);
  const field = FIELDS[code];
  return { lines: [[text]], refused: true, ...(field ? { faults: { [field]: text } } : {}) };
}

function protectedAnswer(deps: Deps, result: Protected): Answer {
  if ('page' in result) return { lines: [], refused: false, report: result.page };
  const failed = result.failed.map(({ name, error }): Line => [`${name}: ${told(deps, error).text}`]);
  const lines = [...result.done.flatMap((state) => protectedLines(deps, state)), ...failed];
  return { lines, refused: result.done.length === 0 };
}

function ok(...lines: readonly Line[]): Answer {
  return { lines, refused: false };
}
