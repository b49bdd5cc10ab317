import { JitError } from '../../core/errors/errors.ts';
import type { Command } from '../../core/language/command.ts';
import { plain } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isRequestId, isWaiting } from '../../core/request/request.ts';
import { accessRecord } from '../../core/view/access-record.ts';
import type { ApiCall, ApiDesk, ApiDone, ApiList, ApiListing } from '../../ports/api.ts';
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
import { pageOf } from './paging.ts';
import { pageIn, saidIn } from './said.ts';

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
    if ('isLimited' in call.caller && call.caller.isLimited) throw new JitError('deviceSignIn');
    return as(freshness, work);
  };
  const { until } = call.caller;
  return {
    whoami: () =>
      as('now', async ({ here, person }) => ({
        ...{ id: person.id, name: person.name, says: (await whoIs(here, person)).map(plain) },
        ...{ address: call.address, isLimited: 'isLimited' in call.caller && call.caller.isLimited },
        ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
      })),
    list: (asked) => as('last', (speaker) => listed(speaker, asked)),
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
    ...actsBy(deciding, 'service' in call.caller ? neverDecides : deciding),
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
function actsBy(deciding: As, judging: As): Pick<ApiDesk, 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend'> {
  return {
    approve: (id, given) => judging('now', (speaker) => approve(speaker, mustBeId(id), given)),
    deny: (id, reason) => judging('last', (speaker) => typed(speaker, { verb: 'deny', which: mustBeId(id), reason })),
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

/** Whoever no person stands behind. */
const neverDecides: As = async () => {
  throw new JitError('serviceDecides');
};

/** By the account that the token is of; told and carded where they like it best. */
async function speakerOf(deps: Deps, { caller, key }: ApiCall, freshness: Freshness): Promise<Speaker> {
  if ('service' in caller) return serviceSpeaking(deps, caller.service, { key, freshness });
  const { entra } = caller;
  const person = await deps.directory.person('teams', entra, freshness);
  if (!person) throw new JitError('unknownPerson', { chat: 'Entra', id: entra });
  if (person.disabled) throw new JitError('personDisabled', { name: person.name });
  const [place = { chat: 'teams', kind: 'private', id: entra } as const] = deps.directory.reach(person);
  const user = place.chat === 'slack' ? (person.slack ?? person.id) : entra;
  const acting = {
    person: { id: person.id, name: person.name },
    chat: 'teams' as const,
    account: entra,
    through: 'api' as const,
  };
  const sender = { chat: place.chat, user, place, key: `api:${entra}:${key}`, through: 'api' as const };
  return { here: { ...deps, acting }, person, sender };
}

/** By its id; those who answer for it are told in its place. */
async function serviceSpeaking(
  deps: Deps,
  id: string,
  { key, freshness }: { readonly key: string; readonly freshness: Freshness },
): Promise<Speaker> {
  const person = await deps.directory.byId(id, freshness);
  if (person?.owner === undefined) throw new JitError('tokenRefused', { why: 'its service is not configured' });
  if (person.disabled) throw new JitError('personDisabled', { name: person.name });
  const [place = { chat: 'teams', kind: 'private', id } as const] = deps.directory.reach(person);
  const acting = { person: { id, name: person.name }, chat: place.chat, account: id, through: 'api' as const };
  const sender = { chat: place.chat, user: id, place, key: `api:service:${id}:${key}`, through: 'api' as const };
  return { here: { ...deps, acting }, person, sender };
}

/** An ID and nothing else: by the time a name comes here, another request may stand there. */
function mustBeId(id: string): string {
  if (isRequestId(id)) return id;
  const detail = 'the ID of a request has seven letters and digits';
  throw new JitError('malformedCall', { faults: detail }, { fields: [{ in: 'path', field: 'id', detail }] });
}

function given(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

async function listed({ here, person }: Speaker, { whose, ...asked }: ApiListing): Promise<ApiList> {
  const { requests, notes } =
    whose === 'all' ? await everythingRead(here, person) : { requests: await listFor(here, person), notes: [] };
  const chosen = requests.filter((request) => {
    if (whose === 'mine') return isTheirs(request, person.id);
    return whose !== 'pending' || (!isTheirs(request, person.id) && isWaiting(request));
  });
  const { page, next } = pageOf(chosen, asked);
  return { requests: page.map(accessRecord), ...(next === undefined ? {} : { next }), notes: notes.map(plain) };
}

/** As if it were typed in chat, with the ID; what is refused is in the audit, as there. */
async function typed({ here, person, sender }: Speaker, command: Decided): Promise<ApiDone> {
  const { lines } = await run(here, person, command, sender);
  const { request } = await here.store.load(command.which ?? '');
  if (!request) throw await noRequest(here, command.which ?? '');
  return { request: accessRecord(request), said: saidIn(lines) };
}

type Decided = Extract<Command, { readonly verb: 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend' }>;
