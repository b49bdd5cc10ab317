import { JitError } from '../../core/errors/errors.ts';
import type { Command } from '../../core/language/command.ts';
import { plain } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isRequestId, isWaiting } from '../../core/request/request.ts';
import { accessRecord } from '../../core/view/access-record.ts';
import type { ApiCall, ApiDesk, ApiDone } from '../../ports/api.ts';
import type { Freshness } from '../../ports/directory.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { machinesFor } from '../inbox/choices.ts';
import { run } from '../inbox/commands.ts';
import { everythingRead, listFor } from '../inbox/queries.ts';
import { show } from '../inbox/show.ts';
import { whoIs } from '../inbox/whoami.ts';
import { noRequest } from '../machine/no-request.ts';
import { recommend } from '../protect/recommend.ts';
import { explain } from '../request/explain.ts';
import { take } from '../request/submit.ts';
import { taken } from '../request/taken.ts';
import { why } from '../request/why.ts';
import { approve } from './approve.ts';
import { askIn, commandIn } from './ask.ts';
import { pageIn, saidIn } from './said.ts';

/** As many as a terminal shows; of more, it is said how many. */
const MOST_LISTED = 200;

/** Who speaks in a call, and how: what the use cases know of somebody in a chat. */
export interface Speaker {
  readonly here: Deps;
  readonly person: Person;
  readonly sender: Sender;
}

/**
 * What a person does through the API, by the use cases of the chats: nothing is judged here but that a sign-in with a device code lists
 * and requests alone. Whoever calls is looked up for each call, as freshly as chats do.
 */
export function deskFor(deps: Deps, call: ApiCall): ApiDesk {
  const as = async <T>(freshness: Freshness, work: (speaker: Speaker) => Promise<T>) =>
    work(await speakerOf(deps, call, freshness));
  const deciding = async <T>(freshness: Freshness, work: (speaker: Speaker) => Promise<T>) => {
    if (call.caller.isLimited) throw new JitError('deviceSignIn');
    return as(freshness, work);
  };
  return {
    whoami: () =>
      as('now', async ({ here, person }) => ({
        ...{ id: person.id, name: person.name, says: (await whoIs(here, person)).map(plain) },
        ...{ address: call.address, isLimited: call.caller.isLimited },
        until: new Date(call.caller.until).toISOString(),
      })),
    list: (whose) => as('last', (speaker) => listed(speaker, whose)),
    show: (id) =>
      as('lately', async ({ here, person }) => {
        const page = await show(here, person, mustBeId(id));
        const { request } = await here.store.load(id);
        if (!request) throw await noRequest(here, id);
        return { request: accessRecord(request), page: pageIn(page) };
      }),
    machines: (typed) =>
      as('lately', async ({ here, person }) =>
        (await machinesFor(here, person, typed)).map(({ value, label, note = '' }) => ({
          ...{ id: value, name: label, where: note },
        })),
      ),
    request: (asked) =>
      as('now', async ({ here, person, sender }) => {
        const ask = await askIn(here, person, asked, sender);
        const made = await take(here, person, ask, sender);
        return { request: accessRecord(made.request), said: saidIn(taken(made, ask)) };
      }),
    ...actsBy(deciding),
    why: (words) =>
      as('lately', async (speaker) => {
        const command = await commandIn(speaker, `why ${words}`);
        if (command.verb !== 'why') throw new JitError('missingMachine');
        return pageIn(await why(speaker.here, speaker.person, command));
      }),
    explain: (words) =>
      as('now', async (speaker) => {
        const command = await commandIn(speaker, `explain ${words}`);
        if (command.verb !== 'explain') throw new JitError('missingMachine');
        return pageIn(await explain(speaker.here, speaker.person, command, speaker.sender));
      }),
    recommend: () => as('lately', async ({ here, person }) => pageIn(await recommend(here, person))),
  };
}

type As = <T>(freshness: Freshness, work: (speaker: Speaker) => Promise<T>) => Promise<T>;

/** What decides or ends something, each by the ID of one request. */
function actsBy(deciding: As): Pick<ApiDesk, 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend'> {
  return {
    approve: (id, given) => deciding('now', (speaker) => approve(speaker, mustBeId(id), given)),
    deny: (id, reason) => deciding('last', (speaker) => typed(speaker, { verb: 'deny', which: mustBeId(id), reason })),
    withdraw: (id, reason) =>
      deciding('last', (speaker) => typed(speaker, { verb: 'withdraw', which: mustBeId(id), ...given(reason) })),
    revoke: (id, reason) =>
      deciding('last', (speaker) => typed(speaker, { verb: 'revoke', which: mustBeId(id), ...given(reason) })),
    extend: (id, words) =>
      deciding('now', async (speaker) => {
        const command = await commandIn(speaker, `extend ${mustBeId(id)} ${words}`);
        if (command.verb !== 'extend' || command.which !== id) throw new JitError('unknownCommand', { word: words });
        return typed(speaker, command);
      }),
  };
}

/** By the Entra account that the token is of; told and carded where they like it best. */
async function speakerOf(deps: Deps, { caller: { entra }, key }: ApiCall, freshness: Freshness): Promise<Speaker> {
  const person = await deps.directory.person('teams', entra, freshness);
  if (!person) throw new JitError('unknownPerson', { chat: 'Entra', id: entra });
  if (person.disabled) throw new JitError('personDisabled', { name: person.name });
  const [place = { chat: 'teams', kind: 'private', id: entra } as const] = deps.directory.reach(person);
  const user = place.chat === 'slack' ? (person.slack ?? person.id) : entra;
  const acting = { person: { id: person.id, name: person.name }, chat: 'teams' as const, account: entra };
  return { here: { ...deps, acting }, person, sender: { chat: place.chat, user, place, key: `api:${entra}:${key}` } };
}

/** An ID and nothing else: by the time a name comes here, another request may stand there. */
function mustBeId(id: string): string {
  if (!isRequestId(id))
    throw new JitError('malformedCall', { faults: 'the ID of a request has seven letters and digits' });
  return id;
}

function given(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

async function listed({ here, person }: Speaker, whose: 'mine' | 'pending' | 'all' | undefined) {
  if (whose === 'all') {
    const { requests, notes } = await everythingRead(here, person);
    return { requests: requests.map(accessRecord), notes: notes.map(plain) };
  }
  const own = await listFor(here, person);
  const chosen = own.filter((request) => {
    if (whose === 'mine') return isTheirs(request, person.id);
    return whose === undefined || (!isTheirs(request, person.id) && isWaiting(request));
  });
  const more = chosen.length - MOST_LISTED;
  return {
    requests: chosen.slice(0, MOST_LISTED).map(accessRecord),
    notes: more > 0 ? [`There are ${more} more.`] : [],
  };
}

/** As if it were typed in chat, with the ID; what is refused is in the audit, as there. */
async function typed({ here, person, sender }: Speaker, command: Decided): Promise<ApiDone> {
  const { lines } = await run(here, person, command, sender);
  const { request } = await here.store.load(command.which ?? '');
  if (!request) throw await noRequest(here, command.which ?? '');
  return { request: accessRecord(request), said: saidIn(lines) };
}

type Decided = Extract<Command, { readonly verb: 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend' }>;
