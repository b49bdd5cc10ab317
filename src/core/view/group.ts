import { and, commas, headed, lasting, say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import { type Place, placeKey } from '../people/place.ts';
import { cardIdOf, groupId, questionNumber } from '../request/group.ts';
import { askerOf } from '../request/on-behalf.ts';
import { isInForce, type Request } from '../request/request.ts';
import { countText } from './approvals.ts';
import { connectLines, whereText } from './brief.ts';
import { movesText } from './moves.ts';
import { startLine } from './starting.ts';
import type { Button, Fact, Note, Tone, Verb, View } from './view.ts';
import { capitalised, endByLine, forWhom, fromText, lowered, namesAmong, portList } from './words.ts';

/** A request of a group, as one reader sees it alone. */
export interface Member {
  readonly request: Request;
  readonly view: View;
}

/** At least one. */
export type GroupMembers = readonly [Member, ...Member[]];

/** Which of two a card looks like: the first in this list. */
const LOUDEST: readonly Tone[] = [
  'alarm',
  'glass',
  'waiting',
  'opening',
  'open',
  'closing',
  'notice',
  'refused',
  'closed',
];

/** Those of a group that have a card at this place. */
export function membersAt(group: readonly Request[], place: Place): readonly Request[] {
  return group.filter(({ places }) => places.some((one) => placeKey(one) === placeKey(place)));
}

/** Several requests of one command as one card: what they have in common once, and a line for each. What each says alone is in its details. */
export function groupView(members: GroupMembers): Omit<View, 'announce' | 'headline'> {
  const [{ request: first }] = members;
  const requests = members.map(({ request }) => request);
  const name = namesAmong(requests);
  const title = titleOf(requests);
  const status = statusOf(members);
  const isSaid = isAlike(requests);
  const readers = new Set(members.flatMap(({ view }) => view.readers ?? []));
  return {
    request: groupId(cardIdOf(first)),
    version: questionNumber(requests),
    tone: LOUDEST.find((tone) => members.some(({ view }) => view.tone === tone)) ?? 'closed',
    title,
    status,
    summary: [say`${isAnyWaiting(requests) ? title : accessTo(requests)}: ${lowered(status)}`],
    brief: [...(isSaid ? [capitalised(termsOf(first))] : []), ...members.map((one) => memberLine(one, isSaid, name))],
    people: onceEach(members, ({ people }) => people),
    facts: members.map((one) => factOf(one, name)),
    justification: first.justification,
    remarks: uniqueBy(
      members.flatMap(({ view }) => view.remarks),
      (remark) => JSON.stringify(remark),
    ),
    notes: notesOf(members),
    buttons: buttonsOf(members),
    ...(readers.size > 0 ? { readers: [...readers] } : {}),
  };
}

type Naming = ReturnType<typeof namesAmong>;

/** `api-1, web-1 and db-1`; of some of a group, as they are called in it. */
export function namesOf(requests: readonly Request[], name: Naming = namesAmong(requests)): Phrase {
  return say`${and(requests.map(name))}`;
}

/** `port 22 (SSH) from 203.0.113.7 for 1 h`. */
export function termsOf(request: Request): Line {
  const start = startLine(request);
  return [
    say`${portList(request.ports)} from ${fromText(request)} for ${lasting(request.forMs)}${movesText(request)}${start.length > 0 && request.status === 'pending' ? [', ', ...start] : []}${endByLine(request)}`,
  ];
}

/** Do all ask for the same? A policy may have a usual time or port of its own. */
export function isAlike(requests: readonly Request[]): boolean {
  return new Set(requests.map((request) => JSON.stringify(termsOf(request)))).size === 1;
}

/** How one of them stands, in the middle of a sentence. */
export function stateOf({ request, view }: { readonly request: Request; readonly view: Pick<View, 'status'> }): Line {
  if (request.status !== 'pending') return lowered(view.status);
  const count = countText(request);
  return [count === '' ? say`waiting` : say`waiting, ${count}`];
}

/** `api-1: open until 15:00; AWS, eu-west-1, …`. */
function memberLine(member: Member, isSaid: boolean, name: Naming): Line {
  const { request } = member;
  const connect = isInForce(request) ? connectLines(request).flatMap((line): Line => ['; ', ...lowered(line)]) : [];
  const terms: Line = isSaid ? [] : ['; ', ...termsOf(request)];
  return [say`${name(request)}: ${stateOf(member)}${terms}; ${whereText(request, 'short')}${connect}`];
}

const STATES = {
  pending: say`waiting`,
  scheduled: say`to start later`,
  denied: say`denied`,
  withdrawn: say`withdrawn`,
  expired: say`expired`,
  activating: say`opening`,
  active: say`open`,
  closing: say`closing`,
  ended: say`ended`,
} as const satisfies Record<Request['status'], Phrase>;

/** `2 waiting, 1 open`. */
function countsOf(requests: readonly Request[]): Phrase {
  const counts = Map.groupBy(requests, ({ status }) => STATES[status]);
  return say`${commas([...counts].map(([word, those]) => say`${those.length} ${word}`))}`;
}

function titleOf(requests: readonly Request[]): Phrase {
  const [first] = requests;
  const states = new Set(requests.map(({ status }) => STATES[status]));
  if (!first || !isAnyWaiting(requests))
    return states.size === 1 ? say`${accessTo(requests)}: ${[...states]}` : accessTo(requests);
  return say`${askerOf(first).name} asks for ${lowered([accessTo(requests)])}${forWhom(first)}`;
}

function accessTo({ length }: readonly Request[]): Phrase {
  return length === 1 ? say`Access to 1 machine` : say`Access to ${length} machines`;
}

function isAnyWaiting(requests: readonly Request[]): boolean {
  return requests.some(({ status }) => status === 'pending');
}

function statusOf(members: GroupMembers): Line {
  const [{ view: first }] = members;
  if (members.every(({ view }) => JSON.stringify(view.status) === JSON.stringify(first.status))) return first.status;
  const requests = members.map(({ request }) => request);
  const waiting = requests.flatMap((one) => (one.status === 'pending' ? [one.answerBy] : []));
  if (waiting.length === 0) return capitalised([countsOf(requests)]);
  const until = { at: Math.min(...waiting) };
  if (waiting.length === requests.length) return [say`Waiting for a decision until ${until}`];
  return [say`${capitalised([countsOf(requests)])}; decide by ${until}`];
}

function factOf({ request, view }: Member, name: Naming): Fact {
  const value: Line = [
    say`${capitalised(view.status)}; request ${request.id}, ${request.policies.length > 1 ? say`policies` : say`policy`} ${request.policies.join(', ')}`,
  ];
  return { label: say`${name(request)}`, value };
}

/** What is the same for all is said once; of some, it is said of which. */
function onceEach(members: GroupMembers, linesOf: (view: View) => readonly Line[]): readonly Line[] {
  const said = members.flatMap(({ request, view }) => linesOf(view).map((line) => ({ request, line })));
  const alike = Map.groupBy(said, ({ line }) => JSON.stringify(line));
  const name = namesAmong(members.map(({ request }) => request));
  return [...alike.values()].flatMap((those) => {
    const [first] = those;
    if (!first) return [];
    return those.length === members.length
      ? [first.line]
      : [
          [
            say`${namesOf(
              those.map(({ request }) => request),
              name,
            )}: ${lowered(first.line)}`,
          ],
        ];
  });
}

function notesOf(members: GroupMembers): readonly Note[] {
  const tones: readonly Note['tone'][] = ['alarm', 'warning', 'info'];
  return tones.flatMap((tone) => {
    const lines = onceEach(members, ({ notes }) => notes.filter((note) => note.tone === tone).map(({ text }) => text));
    return lines.map((text): Note => ({ tone, text }));
  });
}

const ALL: readonly { readonly verb: Verb; readonly label: string; readonly style: Button['style'] }[] = [
  { verb: 'approve', label: 'Approve', style: 'primary' },
  { verb: 'deny', label: 'Deny', style: 'danger' },
  { verb: 'nudge', label: 'Nudge', style: 'plain' },
  { verb: 'withdraw', label: 'Withdraw', style: 'plain' },
  { verb: 'revoke', label: 'Close', style: 'danger' },
];

/** What the reader may do with one of them, with all for which they may. */
function buttonsOf(members: GroupMembers): readonly Button[] {
  const name = namesAmong(members.map(({ request }) => request));
  return ALL.flatMap(({ verb, label, style }): readonly Button[] => {
    const those = members.filter(({ view }) => view.buttons.some((button) => button.verb === verb));
    if (those.length === 0) return [];
    const names = namesOf(
      those.map(({ request }) => request),
      name,
    );
    const count = those.length === members.length ? say`all` : say`${those.length} of ${members.length}`;
    const asks = verb === 'withdraw' || verb === 'revoke';
    const confirm = verb === 'withdraw' ? say`Withdraw the requests for ${names}?` : say`Close access to ${names} now?`;
    return [{ verb, label: say`${headed(label)} ${count}`, style, ...(asks ? { confirm } : {}) }];
  });
}

function uniqueBy<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}
