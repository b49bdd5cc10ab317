import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { AccountLink } from '../../core/people/account-link.ts';
import type { Ceremony } from '../../core/people/ceremony.ts';
import type { Person } from '../../core/people/person.ts';
import type { BrowserRoom, Linking } from '../../ports/browser-room.ts';
import type { Sender } from '../../ports/inbox.ts';
import { act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';
import { isSecurity } from '../request/end.ts';
import { beginTicket, isEqual, step, type Ticketed, underway } from './tickets.ts';

const MOST_WRONG = 3;

/** A room in which Slack accounts can be linked. */
export type LinkingRoom = BrowserRoom & { readonly linking: Linking };

/** Throws `linkNotSet` where nothing is configured for it. */
export function linkingRoom({ browser }: Pick<Deps, 'browser'>): LinkingRoom {
  const { linking } = browser ?? {};
  if (!browser || !linking) throw new JitError('linkNotSet');
  return { ...browser, linking };
}

export function linkKey(slack: string): string {
  return `link ${slack}`;
}

/** `/jit link`: a link to a page, for whoever types it alone. Throws when there is nothing to link. */
export async function beginLink(deps: Deps, { chat, user }: Sender): Promise<readonly Line[]> {
  const room = linkingRoom(deps);
  if (chat !== 'slack') throw new JitError('linkNotNeeded');
  await mustBeNobody(deps, user);
  const ticket = await beginTicket(deps, room, linkKey(user), { chat, account: user });
  return [
    [
      say`Link this Slack account to your account of Entra ID: ${{ link: `${room.url}/step/${ticket}`, name: 'sign in' }}.`,
    ],
    [
      say`The link is for you alone, works once, and for ten minutes. The page then shows a code to type here. Never open such a link that somebody else sent you.`,
    ],
  ];
}

/** Whoever is known through Slack is linked already, by the file, an address, or a link. */
async function mustBeNobody({ directory }: Deps, slack: string): Promise<void> {
  const known = await directory.person('slack', slack).catch((error: unknown) => {
    if (error instanceof JitError && error.code === 'linkFirst') return undefined;
    throw error;
  });
  if (known) throw new JitError('alreadyLinked', { name: known.name });
}

/** `/jit link 123-456`: only the Slack account that began it ends it, with the code that its browser was shown. */
export async function finishLink(deps: Deps, sender: Sender, typed: string): Promise<readonly Line[]> {
  const room = linkingRoom(deps);
  const { chat, user } = sender;
  if (chat !== 'slack') throw new JitError('linkNotNeeded');
  const held = await underway(deps, room, linkKey(user));
  const { by, code } = held?.ceremony ?? {};
  if (!held || !by || code === undefined) throw new JitError('noLinkWaits');
  const counted = await mustBeTheCode(room, held, typed);
  await mustBeNobody(deps, user);
  const person = await mustBeFree(deps, by, user);
  // From here on the code is used up.
  if (!(await room.ceremonies.end(held.key, counted))) throw new JitError('linkOver');
  // With a further account, its owner signed in.
  const entra = person.entra?.toLowerCase() ?? by.entra;
  await keepLink(deps, room, { slack: user, entra, name: person.name, at: (await deps.store.now()).at });
  await tellOfIt(deps, person, user);
  return [
    [
      say`This Slack account is linked to ${person.name}. \`/jit whoami\` shows what you are to Drawbridge; \`/jit unlink\` ends it.`,
    ],
  ];
}

/** A try is counted before it is compared: many at the same time are no more than these. Gives the ceremony as it is then. */
async function mustBeTheCode(room: BrowserRoom, held: Ticketed, typed: string): Promise<Ticketed['ceremony']> {
  const tries = (held.ceremony.wrong ?? 0) + 1;
  const counted = { ...held.ceremony, wrong: tries };
  await step(room, held, counted);
  if (isEqual(counted.code ?? '', typed.replace(/\D/g, ''))) return counted;
  if (tries < MOST_WRONG) throw new JitError('wrongCode', { left: MOST_WRONG - tries });
  await room.ceremonies.end(held.key, counted);
  throw new JitError('linkOver');
}

/** Who signed in is somebody of the tenant, with no other Slack account. Throws `linkRefused`, `linkTaken`. */
export async function mustBeFree(deps: Deps, by: NonNullable<Ceremony['by']>, slack: string): Promise<Person> {
  const { entra, name } = by;
  const person = await deps.directory.person('teams', entra);
  const no = (why: string) => new JitError('linkRefused', { name: person?.name ?? name, why });
  if (!person) throw no('Drawbridge does not know this account');
  if (person.disabled) throw no('the account is disabled');
  if (person.guest) throw no('it is a guest of the tenant');
  if (person.slack !== undefined && person.slack !== slack) throw new JitError('linkTaken', { name: person.name });
  return person;
}

/** Throws `auditSilent` before, and `linkTaken` where another link was faster. */
async function keepLink(deps: Deps, { linking }: LinkingRoom, link: AccountLink): Promise<void> {
  const by = deps.acting ?? 'drawbridge';
  await act(deps, { event: 'link', by, as: 'requester', why: saidOf(link) }, async (running) => {
    await running.begin();
    if (!(await linking.links.keep(link))) throw new JitError('linkTaken', { name: link.name });
  });
}

function saidOf({ slack, entra }: AccountLink): string {
  return `the Slack account ${slack} and the account ${entra} of Entra`;
}

/** Whoever owns the account of Entra hears of it where Slack has no say. */
async function tellOfIt(deps: Deps, person: Person, slack: string): Promise<void> {
  const places = deps.directory.reach(person).filter(({ chat }) => chat === 'teams');
  const line = [
    say`From now on whoever uses the Slack account \`${slack}\` acts as you. If that was not you, write \`unlink\` here, and tell whoever looks after security.`,
  ];
  const report = { title: 'Your account was linked to a Slack account', sections: [{ heading: '', rows: [{ line }] }] };
  await tellPlaces(deps, report, places);
}

/** `/jit unlink`: one's own; `security` of others, by a Slack user ID. Throws `noLink`, `notSecurity`. */
export async function unlink(deps: Deps, person: Person, which?: string): Promise<readonly Line[]> {
  const { linking } = linkingRoom(deps);
  const slack = which?.replace(/^<@|[|>].*$/g, '') ?? person.slack;
  if (slack !== person.slack && !isSecurity(deps, person)) throw new JitError('notSecurity');
  if (slack === undefined) throw new JitError('noLink', { typed: person.name });
  const isStrange = (await linking.links.strange()).includes(slack);
  const link = isStrange ? undefined : await linking.links.ofSlack(slack);
  if (!link && !isStrange) throw new JitError('noLink', { typed: slack });
  const as = slack === person.slack ? 'requester' : 'security';
  const why = link ? saidOf(link) : `the Slack account ${slack}, by a link that was not made here`;
  await act(deps, { event: 'unlink', by: deps.acting ?? 'drawbridge', as, why }, async (running) => {
    await running.begin();
    await linking.links.drop(slack);
  });
  if (!link) return [[say`The link of the Slack account \`${slack}\`, which this Drawbridge had not made, is gone.`]];
  return [[say`The Slack account \`${slack}\` is no longer linked to ${link.name}.`]];
}

const MOST_LISTED = 50;

/** `/jit link list`, for `security`: the newest first. */
export async function linkLines(deps: Deps, person: Person): Promise<readonly Line[]> {
  const { linking } = linkingRoom(deps);
  if (!isSecurity(deps, person)) throw new JitError('notSecurity');
  const all = [...(await linking.links.all())].sort((a, b) => b.at - a.at);
  const strange = await linking.links.strange();
  if (all.length + strange.length === 0) return [[say`No account was linked by its owner.`]];
  const lines = [...strange.map(strangeLine), ...all.map(linkLine)];
  const more =
    lines.length > MOST_LISTED ? [[say`… and ${lines.length - MOST_LISTED} more: \`npx jit people links\`.`]] : [];
  return [...lines.slice(0, MOST_LISTED), ...more];
}

/** One link in a line. */
export function linkLine({ slack, entra, name, at }: AccountLink): Line {
  return [say`\`${slack}\`  ${name}  \`${entra}\`, since ${{ at }}`];
}

/** One that nobody here made, and how it is got rid of. */
export function strangeLine(slack: string): Line {
  return [
    say`\`${slack}\`  a link that this Drawbridge did not make, which counts for nobody: \`/jit unlink ${slack}\` takes it away.`,
  ];
}
