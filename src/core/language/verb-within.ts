import { isAll, withoutLead } from './fillers.ts';
import type { Heard } from './heard.ts';
import { meantVerb } from './meant-verbs.ts';
import { readPorts } from './port-word.ts';
import { turns } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { umlauted } from './umlauts.ts';
import { isClock } from './until-words.ts';
import type { Topic } from './usage.ts';
import { BY_WORD } from './verbs.ts';
import { isId } from './which-ask.ts';

/** Verbs in two languages of which nobody means a word of another command's list, where something is named behind them. */
const ACTS = new Set(
  [
    'request open req approve allow permit deny reject refuse revoke close end stop terminate withdraw cancel abort extend renew prolong',
    'show list move again repeat nudge remind ask answer accept decline match delegate review why explain protect unprotect restore drill',
    'break-glass breakglass authorize authorise grant disapprove disallow veto kill shut disconnect remove delete disable enable connect unlock',
    'genehmigen genehmige bestätigen bestätige freigeben erlauben erlaube ablehnen ablehne lehne verweigern verweigere schließen schließe schliessen',
    'schliesse schließ schliess beenden beende zumachen sperren sperre zurückziehen abbrechen stornieren storniere ziehe zieh verlängern verlängere',
    'beantragen beantrage anfordern öffnen öffne aufmachen freischalten erinnern erinnere zeigen zeige zeig schützen schütze wiederholen wiederhole',
  ].flatMap((line) => line.split(' ')),
);

/** The same where nothing stands behind them. */
const STRONG =
  /^(?:approve|allow|permit|deny|reject|refuse|revoke|withdraw|extend|protect|unprotect|genehmigen?|ablehnen?|schließen?|verlängern?|verlängere)$/i;

/** Between two commands. */
const THEN = /^(?:then|dann|danach|but|aber)$/i;

/** What stands behind these is somebody's own words, or has verbs of its own. */
const OWN_WORDS: readonly Topic[] = ['ask', 'answer', 'review', 'help', 'rules'];
/** Only names stand behind these: `revoke web-1, ssh api-1`. */
const NAMED: readonly Topic[] = [
  ...([
    'show',
    'revoke',
    'withdraw',
    'extend',
    'nudge',
    'again',
    'unprotect',
    'accept',
    'decline',
    'restore',
    'drill',
    'move',
  ] as const),
];
/** What shows something, and stands alone. */
const SHOWS = /^(?:list|ls|pending|mine|doctor|machines|lockdowns|recommend|whoami|home|help|board|reviews|status)$/i;
/** Here, a word that is no term can be a part of the reason. */
const REASONED: readonly Topic[] = ['request', 'break-glass', 'explain'];

/**
 * Two commands, where a verb stands in the middle of what another is about: `approve k7m3q9w, request p2x8v4t`. Right behind `request` it is all that is
 * asked for, as where it is the same verb again.
 */
export function partedAtVerb({ tokens, head, reason }: Heard): readonly string[] {
  const { at, isWhole } = verbWithin(tokens);
  const verb = tokens[at];
  if (!verb) return [];
  // `bitte noch nicht schließen web-1` says that of the verb.
  const turn = tokens.slice(0, at).findIndex(turns);
  if (turn >= 0 && !tokens.slice(0, turn).some((token) => isNameLike(token.text))) return [];
  const behind = `${head.slice(verb.at)}${reason === undefined ? '' : ` because ${reason}`}`;
  const before = head
    .slice(0, verb.at)
    .replace(/(?:[\s,;&|/+.]|(?<=\s)(?:and|und|then|dann|but|aber|the|my|this|that))+$/i, '');
  return isWhole ? [behind] : [before, behind];
}

/** Where it stands; -1 where there is none. */
function verbWithin(all: readonly Token[]): { readonly at: number; readonly isWhole?: true } {
  const tokens = withoutLead(all);
  const from = all.length - tokens.length;
  const [first] = tokens;
  const meant = meantVerb(tokens);
  if (!first || first.isQuoted || /^(?:why|status|whoami|help)$/.test(meant ?? '')) return { at: -1 };
  const topic = topicOf(meant ?? first.text);
  if (topic === undefined || OWN_WORDS.includes(topic)) return { at: -1 };
  const at = tokens.findIndex(
    (token, i) => i > 0 && mayBegin(token) && !isFiller(tokens, i) && splits(tokens, i, topic),
  );
  // `cancel revoke web-1` is no two commands, and nothing is closed by it.
  const isStopped = at === 1 && (topic === 'withdraw' || topic === 'revoke') && !tokens[at]?.isJoined;
  if (at < 0 || (isStopped && topicOf(tokens[at]?.text ?? '') !== topic)) return { at: -1 };
  const isSame = at === 1 && (topic === 'request' || topicOf(tokens[1]?.text ?? '') === topic);
  return { at: at + from, ...(isSame ? { isWhole: true } : {}) };
}

function topicOf(word: string): Topic | undefined {
  return BY_WORD.get(word.toLowerCase())?.[1];
}

function splits(tokens: readonly Token[], i: number, topic: Topic): boolean {
  const [before, verb, ...behind] = tokens.slice(i - 1);
  // `open ssh on web-1`
  const isOpening = topicOf(verb?.text ?? '') === 'request' || topicOf(verb?.text ?? '') === 'explain';
  const next = behind.find(
    (token, at) =>
      !/^(?:requests?|the|my|access|to|for|on|of|id|ports?)$/i.test(token.text) &&
      !(isOpening && (readPorts([token], 0) !== undefined || readTime(behind, at) !== undefined)),
  );
  const isOfId = next !== undefined && isId(next) && /\d/.test(next.text);
  const isName = (token: Token | undefined) =>
    token !== undefined &&
    (token.isQuoted === true || (isNameLike(token.text) && !isClock(token.text) && readTime([token], 0) === undefined));
  // `deny rdp of k7m3q9w`
  if (isOfId && /^(?:ssh|rdp)$/i.test(verb?.text ?? '')) return false;
  if (topic === 'deny')
    return isOfId && tokens.slice(1, i).every((token) => isId(token) || isName(token) || THEN.test(token.text));
  const isSaid = verb?.isJoined === true;
  if (topic === 'delegate' || topic === 'link' || topic === 'consent') return isOfId || (isSaid && isName(next));
  // `home, approve k7m3q9w`
  if (topic === 'home' || topic === 'whoami') return isSaid && isOfId;
  const isShow = isSaid && (behind.length === 0 || /^(?:mine|pending|all)$/i.test(behind[0]?.text ?? ''));
  if (SHOWS.test(verb?.text ?? '') && isShow && !REASONED.includes(topic)) return true;
  if (!isAct(verb)) return !SHOWS.test(verb?.text ?? '') && isSaid && isName(next) && NAMED.includes(topic);
  if (/^delegate$/i.test(verb?.text ?? '') && /^[<@]/.test(next?.text ?? '')) return true;
  const isApart = i === 1 || verb?.isJoined === true || /\d/.test(before?.text ?? '') || THEN.test(before?.text ?? '');
  if (REASONED.includes(topic)) return isName(next) && isApart && (i > 1 || topic === 'request');
  if (topic === 'why' && !tokens.slice(1, i).some(isName)) return false;
  const isNamed = isName(next) || (next !== undefined && isAll(next));
  return isNamed || (next === undefined && STRONG.test(verb?.text ?? ''));
}

function mayBegin(token: Token): boolean {
  return isAct(token) || (!token.isQuoted && (SHOWS.test(token.text) || /^(?:ssh|rdp)$/i.test(token.text)));
}

function isAct(token: Token | undefined): boolean {
  const { text = '', isQuoted } = token ?? {};
  return !isQuoted && umlauted(text.toLowerCase(), (word) => ACTS.has(word) || undefined) === true;
}

/** `approve request k7m3q9w and request p2x8v4t`: it says what is named. */
function isFiller(tokens: readonly Token[], i: number): boolean {
  const isRequest = (token: Token | undefined) => token?.text.toLowerCase() === 'request';
  const isFirst = tokens.slice(1, i).every(({ text }) => /^(?:the|my|this|that|our|open|\S+['’]s)$/i.test(text));
  const isAgain = tokens.findIndex((token, at) => at > 0 && isRequest(token)) === 1;
  const isOpen =
    /^open$/i.test(tokens[i]?.text ?? '') && /^(?:requests?|sessions?|access)$/i.test(tokens[i + 1]?.text ?? '');
  return (isOpen || isRequest(tokens[i])) && !isRequest(tokens[0]) && (isFirst || isAgain);
}
