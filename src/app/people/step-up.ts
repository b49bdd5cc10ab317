import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Ceremony } from '../../core/people/ceremony.ts';
import type { Person } from '../../core/people/person.ts';
import type { Request } from '../../core/request/request.ts';
import type { Report } from '../../core/view/report.ts';
import { nameOf } from '../../core/view/words.ts';
import type { Ceremonies } from '../../ports/ceremonies.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { tellPlaces } from '../protect/news.ts';
import { decide } from '../request/decide.ts';
import { beginTicket, isEqual, newCeremony, underway } from './tickets.ts';
import { countGuess, tellWrongNumber } from './wrong-numbers.ts';

type About = NonNullable<Ceremony['about']>;

/** What an approval needs that was refused for want of it. */
export type StepUpBegun = { readonly lines: readonly Line[] } | { readonly report: Report };

/** The codes by which an approval is refused until its approver did more. */
const NEEDS: readonly string[] = ['signInNeeded', 'numberNeeded'];

/**
 * Begins what an approval was refused for want of, for this approver, this request as it was shown, and this verdict alone. Undefined
 * for every other refusal.
 */
export async function beginStepUp(
  deps: Deps,
  person: Person,
  given: Omit<About, 'person'>,
  error: unknown,
): Promise<StepUpBegun | undefined> {
  if (!(error instanceof JitError) || !NEEDS.includes(error.code)) return undefined;
  const about = { ...given, person: person.id };
  return error.code === 'signInNeeded' ? beginSignIn(deps, person, about) : beginNumber(deps, person, about);
}

export function stepKey({ request, person }: Pick<About, 'request' | 'person'>): string {
  return `step ${request} ${person}`;
}

/** A page where the approver signs in anew, and so approves what it shows. */
async function beginSignIn(deps: Deps, person: Person, about: About): Promise<StepUpBegun> {
  const { browser } = deps;
  if (!browser) throw new JitError('signInAway');
  if (person.entra === undefined) throw new JitError('noAccount', { name: person.name });
  const ticket = await beginTicket(deps, browser, stepKey(about), { ...speakerOf(deps, person), about });
  return {
    lines: [
      [
        say`Approving \`${about.request}\` needs a fresh sign-in: ${{ link: `${browser.url}/step/${ticket}`, name: 'sign in and approve' }}. The link is for you alone, works once, and for ten minutes.`,
      ],
    ],
  };
}

function numberKey({ request, person }: Pick<About, 'request' | 'person'>): string {
  return `number ${request} ${person}`;
}

/** The requester is told a number, and the approver is shown three: they have to speak with each other. */
async function beginNumber(deps: Deps, person: Person, about: About): Promise<StepUpBegun> {
  const ceremonies = ceremoniesOf(deps);
  // Whoever picked a wrong one guesses no more.
  if ((await ceremonies.read(spentKey(about))) !== undefined) throw new JitError('wrongNumber');
  const { request } = await deps.store.load(about.request);
  if (!request) throw await noRequest(deps, about.request);
  const numbers = threeNumbers(deps);
  const [code = ''] = numbers;
  const ceremony = { ...(await newCeremony(deps, speakerOf(deps, person))), about, code };
  // For whoever could not use it, nobody is told a number.
  await (await countGuess(deps, person.id, ceremony)).forgive();
  await ceremonies.begin(numberKey(about), ceremony);
  await tellNumber(deps, request, person, code);
  const rows = [...numbers].sort().map((number) => ({
    line: [number],
    button: { label: say`Approve with ${number}`, command: `match ${request.id} ${number}` },
  }));
  const how: Line = [
    say`${request.requester.name} was told a number. Call or meet them, ask what they need on ${nameOf(request)}, and pick the number that they tell you. After a wrong one, somebody else has to decide.`,
  ];
  return {
    report: {
      title: 'Which number was the requester told?',
      sections: [{ heading: '', rows: [{ line: how }, ...rows] }],
    },
  };
}

async function tellNumber(deps: Deps, request: Request, by: Person, code: string): Promise<void> {
  const requester = await deps.directory.byId(request.requester.id, 'lately');
  const line: Line = [
    say`${{ person: by.id, name: by.name }} is about to approve your request \`${request.id}\` for ${nameOf(request)}. When they call you, tell them: ${code}. Do not write it, and tell it to nobody else. If you requested nothing, tell them that.`,
  ];
  const report = { title: 'A number for whoever approves', sections: [{ heading: '', rows: [{ line }] }] };
  const told = requester ? await tellPlaces(deps, report, deps.directory.reach(requester)) : 0;
  if (told === 0) throw new JitError('numberUntold');
}

/**
 * `/jit match <id> <number>`, as the buttons write it: approves with the number that the requester was told. It counts once, for the
 * request as it was shown then. A wrong one is told to the requester and the operators, and counts over all requests.
 */
export async function approveWithNumber(deps: Deps, person: Person, request: string, number: string): Promise<Request> {
  const ceremonies = ceremoniesOf(deps);
  const key = numberKey({ request, person: person.id });
  const held = await underway(deps, { ceremonies }, key);
  const { about, code = '' } = held?.ceremony ?? {};
  if (!held || !about) throw new JitError('noNumberWaits');
  const guess = await countGuess(deps, person.id, held.ceremony);
  if (!(await ceremonies.end(key, held.ceremony))) {
    await guess.forgive();
    throw new JitError('noNumberWaits');
  }
  if (!isEqual(code, number)) {
    await ceremonies.begin(spentKey(about), { ...held.ceremony, until: held.ceremony.until + SPENT_MS });
    const { request: shown } = await deps.store.load(request);
    if (shown) await tellWrongNumber(deps, shown, person, guess.times);
    throw new JitError('wrongNumber');
  }
  await guess.forgive();
  return decide(deps, person, { ...givenBy(about), stepUp: 'numberMatch' });
}

export function givenBy({ request, version, reason }: About) {
  return { request, version, verdict: 'approve' as const, ...(reason === undefined ? {} : { reason }) };
}

/** As long as any request waits. */
const SPENT_MS = 24 * 60 * 60_000;

function spentKey({ request, person }: Pick<About, 'request' | 'person'>): string {
  return `spent ${request} ${person}`;
}

function ceremoniesOf({ ceremonies }: Deps): Ceremonies {
  if (!ceremonies) throw new JitError('noNumberWaits');
  return ceremonies;
}

/** Through which account somebody speaks. */
function speakerOf({ acting }: Deps, { id, entra = id }: Person): Pick<Ceremony, 'chat' | 'account' | 'through'> {
  const known = acting !== undefined && typeof acting !== 'string' && 'person' in acting ? acting : undefined;
  const { chat = 'teams', account = entra, through } = known ?? {};
  return { chat, account, ...(through === undefined ? {} : { through }) };
}

/** Three of two digits, all different; the first one counts. */
function threeNumbers(deps: Pick<Deps, 'random'>): readonly string[] {
  const numbers = new Set<string>();
  while (numbers.size < 3) numbers.add(String(10 + (Buffer.from(deps.random(4)).readUInt32BE() % 90)));
  return [...numbers];
}
