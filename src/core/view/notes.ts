import { keptSpans } from '../errors/errors.ts';
import { say } from '../language/say.ts';
import type { Phrase } from '../language/text.ts';
import { hasLockdown } from '../machine/lockdown.ts';
import { CLOUD_NAMES, cloudOf } from '../machine/machine.ts';
import { withdrawalWords, withdrawerOf } from '../request/on-behalf.ts';
import { refusalNow } from '../request/refused-now.ts';
import { isRepair } from '../request/repair.ts';
import { type Ended, extensionOf, isApproved, isInForce, type Request } from '../request/request.ts';
import { type Port, samePort } from '../rule/port.ts';
import { byReach, isLoud, wayText, wayWords } from '../rule/reach.ts';
import type { StandingRule } from '../rule/rule.ts';
import { isAny } from '../rule/source.ts';
import { changesOf } from './difference.ts';
import { earlyLine } from './early.ts';
import { glassNotes, glassRemarks } from './glass.ts';
import { offerNotes } from './offer-words.ts';
import { findingsOf } from './proof-words.ts';
import { conversation } from './questions.ts';
import { notesOfCut } from './sessions.ts';
import { unreachedNote } from './unreached.ts';
import { unusedNotes } from './unused.ts';
import type { Note, Remark } from './view.ts';
import { capitalised, nameOf, portList, reattachedText, who } from './words.ts';

const LOUDEST: readonly Note['tone'][] = ['alarm', 'warning', 'info'];

/** What the reader should know besides the facts, the loudest first. */
export function notesOf(request: Request): readonly Note[] {
  const all =
    request.status === 'ended'
      ? [...notesOfEnd(request), ...notesOfCut(request)]
      : [...notesOfSource(request), ...notesOfStanding(request)];
  return [
    ...glassNotes(request),
    ...notesOfChange(request),
    ...notesOfDenial(request),
    ...notesOfRules(request),
    ...offerNotes(request),
    ...notesOfEarly(request),
    ...unusedNotes(request),
    ...notesOfReach(request),
    ...notesOfTrouble(request),
    ...notesOfReattachment(request),
    ...all,
  ].toSorted((a, b) => LOUDEST.indexOf(a.tone) - LOUDEST.indexOf(b.tone));
}

/** What is not as it was shown before. */
function notesOfChange(request: Request): readonly Note[] {
  const again = request.status === 'pending' ? request.again : undefined;
  return (again ? changesOf(again) : []).map((one) => warning(say`Changed since it was asked: ${one}.`));
}

/** Somebody said no to the same before. */
function notesOfDenial({ status, denied }: Request): readonly Note[] {
  if (status !== 'pending' || !denied) return [];
  const { by, at, reason } = denied;
  const because = reason ? say`, because “${reason}”` : '';
  return [{ tone: 'warning', text: [say`Asked again: denied by ${who(by)} at ${{ at }}${because}.`] }];
}

function notesOfRules(request: Request): readonly Note[] {
  const refusal = refusalNow(request);
  if (refusal === undefined) return [];
  return extensionOf(request)
    ? [warning(say`More time cannot be approved as things are now. ${refusal}`)]
    : [warning(say`Cannot be approved as things are now. ${refusal}`)];
}

function notesOfEarly(request: Request): readonly Note[] {
  const text = earlyLine(request);
  return text.length === 0 ? [] : [{ tone: 'info', text }];
}

function notesOfReach(request: Request): readonly Note[] {
  const text = unreachedNote(request);
  return text === undefined ? [] : [{ tone: 'warning', text }];
}

function notesOfTrouble(request: Request): readonly Note[] {
  const failure =
    'ending' in request && request.ending.why === 'failed'
      ? [{ tone: 'warning' as const, text: keptSpans(request.ending, 'hint') }]
      : [];
  if (!isApproved(request) || !request.trouble) return failure;
  const { tries, since } = request.trouble;
  const what = keptSpans(request.trouble);
  if (tries === 0)
    return [
      ...failure,
      { tone: 'info', text: [say`${what} It has been waiting for its turn since ${{ at: since }}.`] },
    ];
  const times = tries === 1 ? say`Tried once` : say`Tried ${tries} times`;
  return [...failure, { tone: 'warning', text: [say`${what} ${times}, since ${{ at: since }}.`] }];
}

/** Somebody took away what lets this access in: once more, and it ends. */
function notesOfReattachment(request: Request): readonly Note[] {
  const moment = request.timeline.findLast(isRepair);
  return moment && isInForce(request) ? [{ tone: 'warning', text: capitalised([reattachedText(moment)]) }] : [];
}

/** What this access opens wider than to one person, and what is odd about its end. */
function notesOfSource(request: Request): readonly Note[] {
  const { bastion, source, status, warnings = [] } = request;
  const isOver = status !== 'pending' && status !== 'scheduled' && !isInForce(request);
  if (isOver) return [];
  return [
    ...(isAny(source) ? [{ tone: 'alarm', text: [say`This opens the port to anyone (${source}).`] } as const] : []),
    ...(bastion === undefined
      ? []
      : [warning(say`Everyone who can use the Bastion ${bastion} can reach the machine during that time.`)]),
    ...warnings.map(warning),
  ];
}

/** Others' rules do not matter to a request that opened nothing. */
function notesOfStanding(request: Request): readonly Note[] {
  const isRefused = ['denied', 'withdrawn', 'expired'].includes(request.status);
  return isRefused ? [] : standingNotes(request.standing, request.ports);
}

/** Every port has its sentence where one line on the card does not say it all; and what can be done about open ones. */
function notesOfEnd(request: Ended): readonly Note[] {
  const findings = findingsOf(request.proof);
  const isOpen = request.proof.ports.some(({ verdict }) => verdict === 'open');
  const advice = hasLockdown(request.machine)
    ? say`Drawbridge removed its own rule; somebody else made the other one. Whoever protects machines sees what closing it would change: \`/jit protect ${nameOf(request)} closing\`.`
    : say`Drawbridge removed its own rule; somebody else made the other one. Whoever manages the firewall rules in ${CLOUD_NAMES[cloudOf(request.machine)]} can close it there.`;
  return [...(findings.length > 1 ? findings : []), ...(isOpen ? [{ tone: 'info', text: [advice] } as const] : [])];
}

/** Others' rules that open these ports, or any: the end cannot be “closed, proven” while they are there. The widest first. */
export function standingNotes(rules: readonly StandingRule[], ports?: readonly Port[]): readonly Note[] {
  const own = rules.filter(({ port }) => ports === undefined || ports.some((one) => samePort(one, port)));
  const alike = Map.groupBy(own.toSorted(byReach), wayText);
  return [...alike.values()].map((those): Note => {
    const [first] = those;
    const how = first ? wayWords(first) : '';
    const subject = portList(those.map(({ port }) => port));
    const text = capitalised([
      those.length > 1
        ? say`${subject} are also open to ${how}, a rule that Drawbridge did not create.`
        : say`${subject} is also open to ${how}, a rule that Drawbridge did not create.`,
    ]);
    return { tone: those.some(isLoud) ? 'alarm' : 'info', text };
  });
}

/** What those who decided or ended it wrote, in their order. */
export function remarksOf(request: Request): readonly Remark[] {
  const reviews = request.reviews.flatMap(({ by, reason }) => (reason ? [{ by: who(by), text: reason }] : []));
  const takenBack = withdrawalWords(request);
  const ending = 'ending' in request && request.ending.why === 'revoked' ? request.ending : undefined;
  return [
    ...conversation(request),
    ...reviews,
    ...glassRemarks(request),
    ...(takenBack ? [{ by: who(withdrawerOf(request)), text: takenBack }] : []),
    ...(ending?.say ? [{ by: who(ending.by), text: ending.say }] : []),
  ];
}

function warning(text: Phrase): Note {
  return { tone: 'warning', text: [text] };
}
