import { plain } from '../language/text.ts';
import { type Code, type JitError, valuesOf } from './errors.ts';

/** What happened, where a person is told so by what they see. */
const SAYS: Readonly<Partial<Record<Code, string>>> = {
  changedSinceSeen: 'Something changed since that `version`, so nothing was approved: {what}.',
};

const CLOSED_BY_CALL = '`POST /api/v1/requests/<id>/revoke` closes it, for whoever may.';

/** What is said to a program in place of what a person in chat is told to do. */
const HINTS: Readonly<Partial<Record<Code, string>>> = {
  unknownCommand: '`/api/v1/docs` says what each call takes.',
  missingMachine: 'Name it as `machine`; `GET /api/v1/machines` lists those that may be requested.',
  missingSource: 'Give it as `from`, for example `203.0.113.7`.',
  missingReason: 'Give it as `because`; approvers will see it.',
  malformedPort: 'Use a number such as `22`, or `ssh`, `rdp`, or `winrm`, in `ports`.',
  malformedDuration: 'Use for example `45m`, `2h`, or `1h30m`.',
  malformedStart: 'Use for example `18:00`, `tomorrow 9:00`, `friday 9:00`, or `2026-12-24 9:00`.',
  sourceOfOther: 'Give it as `from`, for example `203.0.113.7`.',
  sourceOfBefore: 'Request with the address that you connect from now, as `from`.',
  severalSources: 'Give the one that you connect from as `from`.',
  policyReason: 'Request again, with that in `because`.',
  missingDenyReason: 'Give it as `reason`.',
  oneMachine: 'Request each of them with a call of its own.',
  notProtected: 'Protected ports: {protected}. Ask whoever protects the machine to add it.',
  changedSinceSeen: '`GET /api/v1/requests/<id>` shows it as it is now. Approve that `version` if you agree to it.',
  changedWhileJudging: '`GET /api/v1/requests/<id>` shows it as it is now.',
  stale: '`GET /api/v1/requests/<id>` shows it as it is now. Call again.',
  ambiguousRequest: 'Use an ID that `GET /api/v1/requests` lists.',
  yourTurn: 'It is done in chat, at the card of the request.',
  nothingAsked: 'It is seen in chat, at the card of the request.',
  approvedAlready: 'It waits for others; `GET /api/v1/requests/<id>` says who is asked.',
  noOffer: '`GET /api/v1/requests/<id>` shows what stands now.',
  signInNeeded: 'Approve it with `POST /api/v1/requests/<id>/approve`; the answer has a link.',
  numberNeeded: 'Approve it with `POST /api/v1/requests/<id>/approve`, and ask the requester for the number.',
  noNumberWaits: 'Approve it with `POST /api/v1/requests/<id>/approve` and no `number`; the answer has the numbers.',
  noAccount: 'Link the account in chat, with `/jit link`, or ask your Drawbridge administrator.',
  addressHidden: 'Give your public IP address as `from`, and tell your Drawbridge administrator.',
  addressNotSet: 'Give your public IP address as `from`.',
  addressUnseen: 'Give your public IP address as `from`.',
  notOverYet: 'Close it with `POST /api/v1/requests/<id>/revoke`, or have it reviewed when it has ended.',
  alreadyApproved: CLOSED_BY_CALL,
  waitsForNobody: CLOSED_BY_CALL,
  moreTimeDenied: CLOSED_BY_CALL,
  notWithGlass: 'Leave it out, or request access as usual.',
};

/** Commands of chat for which there is a call. What stands behind a verb in code marks is of the command. */
const CALLS: readonly (readonly [command: RegExp, call: string])[] = [
  [
    /`\/jit request` alone lists the machines you can request/g,
    '`GET /api/v1/machines` lists the machines that you may request',
  ],
  [/`\/jit (?:list|board)`/g, '`GET /api/v1/requests`'],
  [/`\/jit request(?: [^`]*)?`/g, '`POST /api/v1/requests`'],
  [/`\/jit show ([^\s`]+)[^`]*`/g, '`GET /api/v1/requests/$1`'],
  [/`\/jit (approve|deny|withdraw|revoke|extend) ([^\s`]+)[^`]*`/g, '`POST /api/v1/requests/$2/$1`'],
  [/`\/jit (approve|deny|withdraw|revoke|extend)`/g, '`POST /api/v1/requests/<id>/$1`'],
  [/`\/jit (whoami|why|explain|recommend|machines)(?: [^`]*)?`/g, '`GET /api/v1/$1`'],
];

const OF_CHAT = /`\/jit |\b(?:press|button|card|form)\b/i;
const IN_CHAT = /\bin (?:a )?(?:chat|Slack|Teams)\b/i;

/** What a program is told of a refusal: every reason, with the calls and fields of the API where a person is told commands and buttons. */
export function callText(error: JitError): string {
  const sentences = [...new Set([error, ...error.others].map(callSentence))];
  const words = /^`\/jit \w+ (.*)`$/s.exec(error.correction)?.[1];
  const instead = words?.replace(/^[2-9a-z]{7} (?=for |until )/, '');
  return [...sentences, ...(instead === undefined ? [] : [`Send as \`words\`: \`${instead}\`.`])].join(' ');
}

/** One reason alone. */
export function callSentence({ code, say, hint, words }: JitError): string {
  const filled = (own: string) => plain([{ say: own, with: valuesOf(words) }]);
  const [what, next] = [SAYS[code], HINTS[code]];
  // A list begins on a line of its own.
  return `${what === undefined ? say : filled(what)} ${next === undefined ? inCalls(hint) : filled(next)}`.replace(
    ' \n',
    '\n',
  );
}

/** A text of chat as a program is told it: what there is no call for is done in chat, and that is said. */
export function inCalls(hint: string): string {
  const said = CALLS.reduce((text, [command, call]) => text.replace(command, call), hint);
  return said
    .split(/(?<=[.?!;]) (?=[`A-Z])/)
    .map((sentence) => (OF_CHAT.test(sentence) && !IN_CHAT.test(sentence) ? `In chat: ${sentence}` : sentence))
    .join(' ');
}
