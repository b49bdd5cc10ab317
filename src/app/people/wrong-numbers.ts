import { JitError } from '../../core/errors/errors.ts';
import { DAY_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Ceremony } from '../../core/people/ceremony.ts';
import type { Person } from '../../core/people/person.ts';
import type { Request } from '../../core/request/request.ts';
import { nameOf } from '../../core/view/words.ts';
import type { Deps } from '../deps.ts';
import { tellOperators, tellPlaces } from '../protect/news.ts';

/** So many wrong numbers of one person, over all requests, within a day: one slip of a finger is forgiven. */
const MOST = 2;

/** A guess that counts until it was the right one. */
export interface Guess {
  /** How many of this person count now, this one with them. */
  readonly times: number;
  /** It was the right one. */
  forgive(): Promise<void>;
}

/** Counts a guess before it is compared, so that of several at once each is counted. Throws `wrongNumbers` for one too many. */
export async function countGuess(
  { store }: Pick<Deps, 'store'>,
  person: string,
  { id: own }: Pick<Ceremony, 'id'>,
): Promise<Guess> {
  for (let times = 1; times <= MOST; times += 1) {
    const key = `wrong number ${times} ${person}`;
    if ((await store.firstSaid(key, own, DAY_MS)) === own) return { times, forgive: () => store.unsaid(key) };
  }
  throw new JitError('wrongNumbers', { times: String(MOST) });
}

/** Whoever requested, whoever's account it was, and the operators: a number that nobody told may be a guess. */
export async function tellWrongNumber(deps: Deps, request: Request, by: Person, times: number): Promise<void> {
  const requester = await deps.directory.byId(request.requester.id, 'last');
  const who = { person: by.id, name: by.name };
  const what = say`request \`${request.id}\`, ${nameOf(request)}`;
  const often = times > 1 ? say`, the second within a day` : '';
  const tell = (line: Line) => ({ title: 'A wrong number', sections: [{ heading: '', rows: [{ line }] }] });
  const toRequester: Line = [
    say`Somebody pressed a wrong number, as ${who}, to approve your request \`${request.id}\` for ${nameOf(request)}. Nothing was approved. If nobody spoke with you about it, tell your Drawbridge administrator.`,
  ];
  const toThem: Line = [
    say`A wrong number was pressed with your account (${what}). Was that you? If not, somebody else uses it: tell your Drawbridge administrator.`,
  ];
  const toOperators: Line = [
    say`A wrong number was pressed as ${who} to approve what ${{ person: request.requester.id, name: request.requester.name }} requested (${what})${often}. Nothing was approved. If they did not speak with each other, one of the two accounts may be somebody else’s.`,
  ];
  await Promise.all([
    ...(requester ? [tellPlaces(deps, tell(toRequester), deps.directory.reach(requester))] : []),
    tellPlaces(deps, tell(toThem), deps.directory.reach(by)),
    tellOperators(deps, tell(toOperators)),
  ]);
}
