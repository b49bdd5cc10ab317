import { JitError } from '../../core/errors/errors.ts';
import { parseCommand } from '../../core/language/grammar.ts';
import type { Person } from '../../core/people/person.ts';
import type { ChatName } from '../../core/people/place.ts';
import type { Answer, Inbox, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { portsFormFor, submitPorts } from '../protect/form.ts';
import { protectedLines } from '../protect/text.ts';
import { submit } from '../request/submit.ts';
import { submitted } from '../request/words.ts';
import { run } from './commands.ts';
import { asked, formFault, PORT_FAULTS } from './forms.ts';
import { pressed } from './presses.ts';
import { formFor, machinesFor } from './queries.ts';
import { callerOf, speaking } from './speaking.ts';
import { told } from './told.ts';

/** Whose ids the people of a chat have. */
const ID_GIVERS: Readonly<Record<ChatName, string>> = { slack: 'Slack', teams: 'Entra' };

/** The one way in for chats. Whatever goes wrong comes back as words that may be shown; the rest goes to the log. */
export function inbox(deps: Deps): Inbox {
  const known = (sender: Sender) => personBehind(deps, sender);
  const answer = (work: () => Promise<Answer>) => answered(deps, work);
  return {
    command: (sender, text) =>
      answer(async () => {
        const person = await known(sender);
        return run(speaking(deps, person, sender), person, parseCommand(text), sender);
      }),
    press: (sender, press) =>
      answer(async () => {
        const person = await known(sender);
        return pressed(speaking(deps, person, sender), person, press);
      }),
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
        const person = await known(sender);
        const request = await submit(speaking(deps, person, sender), person, asked(filled), sender);
        return { lines: submitted(request, true), refused: false };
      } catch (error) {
        return formFault(deps, error);
      }
    },
    async portsForm(sender, machine) {
      try {
        return await portsFormFor(deps, machine, callerOf(await known(sender), sender));
      } catch (error) {
        return { refusal: told(deps, error).text, machine, name: '', lines: '', version: '' };
      }
    },
    async submitPorts(sender, filled) {
      try {
        const state = await submitPorts(deps, filled, callerOf(await known(sender), sender));
        return { lines: protectedLines(deps, state), refused: false };
      } catch (error) {
        const { code, text } = told(deps, error);
        return { lines: [[text]], refused: true, ...(PORT_FAULTS.has(code) ? { faults: { ports: text } } : {}) };
      }
    },
  };
}

/** The person who speaks. Throws `unknownPerson`. */
async function personBehind(deps: Deps, { chat, user }: Sender): Promise<Person> {
  const person = await deps.directory.person(chat, user);
  if (!person) throw new JitError('unknownPerson', { chat: ID_GIVERS[chat], id: user });
  return person;
}

/** The answer, or in words why there is none. */
async function answered(deps: Deps, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    return { lines: [[told(deps, error).text]], refused: true };
  }
}
