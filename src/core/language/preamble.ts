import { JitError } from '../errors/errors.ts';
import { withoutLead } from './fillers.ts';
import { type Heard, heard } from './heard.ts';
import { meantVerb } from './meant-verbs.ts';
import { isNameLike } from './target.ts';
import { ofTemplate } from './template.ts';
import { tidy } from './text.ts';
import { type Token, typedOf } from './token.ts';
import { unfolded } from './unfolded.ts';
import { BY_WORD, IN_WORDS } from './verbs.ts';

/** Whom a greeting is for. */
const ALL = '(?:[ ,]+(?:there|all|team|everyone|everybody|folks|guys|zusammen|alle|drawbridge|jit|bot|ops))*';
const GREETING = new RegExp(
  `^(?:hi|hello|hey|hiya|hallo|moin(?: moin)?|servus|yo|greetings|dear|liebes?|good (?:morning|afternoon|evening|day)|guten? (?:tag|morgen|abend)|morning)\\b${ALL}[\\s,.!:–-]+`,
  'i',
);
/** Said before something is done, without saying anything. */
const SO =
  /^(?:ok|okay|so|um|uh|uhm|ähm?|well|alright|right|now|then|and|also|yes|yep|ja|gut|new line|dann)\b[\s,.!:]+/i;
/** Where a message comes from: an answer by e-mail, a mark of the mail server, a terminal. */
const PASTED =
  /^(?:(?:re|fwd?|aw|wg|tr|subject|betreff)\s*:|\[(?:external|extern|ext|spam)\]|\[\d{1,2}:\d\d(?::\d\d)?(?: [ap]m)?\](?: [\p{L} .]{1,40}:)?|[\w.-]+@[\w.-]+(?:[ :]\S*)?\s?[$#%>]|PS [a-z]:\\[^>]*>|[a-z]:\\[^>]*>|[>%]+)\s+/iu;

/** Under what was asked, whoever asks says farewell. */
const FAREWELL =
  /(?<=\S)[\s.,!?–-]+((?:(?:many|best|kind|warm) (?:thanks|regards|wishes)|regards|thanks|thank you|thx|cheers|sincerely|(?:viele|liebe|beste|schöne) grü(?:ß|ss)e|mit freundlichen|danke|vielen dank|sent from my|gesendet von mein\w*|get outlook for)[\s,.!].*)$/i;

/** Does a command stand in it, or is it for the bot: `deny k7m3q9w because sam wrote:`? Then it quotes nobody. */
function isAsked(line: string): boolean {
  const [first] = withoutLead(heard(line).tokens);
  if (BY_WORD.has(first?.text.toLowerCase() ?? '')) return true;
  return /^\W*(?:<@[^>]*>|<at(?:\s[^>]*)?>[^<]*<\/at>|@(?:drawbridge|jit)\b|jit\b)[\s:,]*(?!wrote\b|schrieb\b)\S/i.test(
    line,
  );
}

/** What stands under lines of somebody’s that are quoted: those are not said again. */
export function replyIn(text: string): string | undefined {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const isQuoted = (line: string | undefined) =>
    /^\s*(?:>|&gt;)\s*\S/.test(line ?? '') ||
    (/^.{0,80}\b(?:wrote|schrieb)\b[^:]{0,80}:\s*$/i.test(line ?? '') && !isAsked(line ?? ''));
  const reply = lines.filter((line) => !isQuoted(line));
  return isQuoted(lines[0]) && reply.length > 0 ? reply.join('\n') : undefined;
}

/** The same without what says nothing of it: a greeting, where it was pasted from, a farewell; a ticket in front is why. With what is wrong. */
export function plainOf(all: Heard): { readonly text: string; readonly fault: JitError } | undefined {
  const [first] = all.tokens;
  const word = tidy(first ? typedOf(first) : '', 40);
  const spread = isFree(first) ? undefined : unfolded(all);
  if (spread) return spread;
  const left = behindPreamble(all);
  if (left !== undefined) return { text: left, fault: new JitError('unknownCommand', { word }) };
  const ticketed = ofSentence(all) ?? behindTicket(all) ?? withSign(all) ?? ofTemplate(all.whole);
  if (ticketed !== undefined) return { text: ticketed, fault: new JitError('unknownCommand', { word }) };
  const [, farewell = ''] = all.reason === undefined && !isFree(first) ? (FAREWELL.exec(all.head) ?? []) : [];
  if (farewell === '') return undefined;
  const [end = ''] = farewell.split(/[\s,]/);
  const text = all.head.slice(0, all.head.length - farewell.length).replace(/[\s.,!?–-]+$/, '');
  return { text, fault: new JitError('unknownWord', { word: tidy(end, 40) }) };
}

/** Behind these, somebody's own words stand. */
function isFree(first: Token | undefined): boolean {
  return IN_WORDS.includes(BY_WORD.get(first?.text.toLowerCase() ?? '')?.[1] ?? 'help');
}

function behindPreamble({ tokens: typed, whole }: Heard): string | undefined {
  const verb = BY_WORD.get(typed[0]?.isQuoted ? '' : (typed[0]?.text.toLowerCase() ?? ''));
  if (verb !== undefined && verb[1] !== 'home') return undefined;
  const greeted = whole.replace(PASTED, '').replace(PASTED, '').replace(GREETING, '');
  const rest = greeted.replace(SO, '');
  if (rest === whole || rest.trim() === '') return undefined;
  const { tokens } = heard(rest);
  const [first, second] = tokens;
  const own = BY_WORD.get(first?.text.toLowerCase() ?? '');
  if (own !== undefined && own[1] !== 'home') return rest;
  // `ok web-1`, `yes k7m3q9w` are answers.
  if (rest !== greeted) return undefined;
  const isAsked = withoutLead(tokens).length < tokens.length || meantVerb(tokens) !== undefined;
  const isNamed = tokens.some(({ text, isQuoted }) => isQuoted || isNameLike(text));
  return isAsked && (isNamed || second !== undefined) ? rest : undefined;
}

/** `approve(k7m3q9w)`, `approve:k7m3q9w`, `/jit-approve k7m3q9w`, and a command in the middle of what somebody wrote: `Use /jit approve k7m3q9w`. */
function withSign({ tokens, whole }: Heard): string | undefined {
  const isVerb = (word: string) => BY_WORD.has(word.toLowerCase());
  if (isVerb(tokens[0]?.text ?? '')) return undefined;
  const [, called = '', args = ''] = /^\/?(?:jit[-_./ ]?)?([a-z-]+)\s?[(:=]\s?(?!\/\/)([^()]+)\)?$/i.exec(whole) ?? [];
  if (isVerb(called) && args !== '') return `${called} ${args}`;
  const [, glued = '', behind = ''] = /^\/?jit[-_.]?([a-z]+)((?:\s.*)?)$/i.exec(whole) ?? [];
  if (isVerb(glued)) return `${glued}${behind}`;
  const [, joined = '', id = ''] = /^([a-z]+)[-/\\._](#?(?=[a-z]*\d)[2-9a-z]{7})$/i.exec(whole) ?? [];
  if (isVerb(joined)) return `${joined} ${id}`;
  const [, within = '', terms = ''] = /[\s`(]\/jit\s+([a-z-]+)(\s[^`]*)?/i.exec(whole) ?? [];
  return isVerb(within) ? `${within}${terms}` : undefined;
}

const NAME = '(?:the |my |das |den |die |meine?n? )?(\\S*[\\d-]\\S*)';
/** `I no longer need web-1`: it may be closed. */
const NOT_NEEDED = [
  new RegExp(
    `^(?:(?:i|we) )?(?:no longer|don['’]?t|do not) (?:need|use) (?:access (?:to|on) )?${NAME}(?: (?:any ?more|any ?longer|now))?[.!]*$`,
    'i',
  ),
  new RegExp(
    `^(?:(?:ich|wir) )?brauchen? (?:zugriff auf |zugang zu )?${NAME} (?:nicht|nimmer) ?(?:mehr|länger)?[.!]*$`,
    'i',
  ),
  new RegExp(
    `^${NAME} (?:(?:is|ist|wird) )?(?:no longer|nicht mehr) (?:needed|required|in use|benötigt|gebraucht)(?: (?:any ?more|any ?longer|now))?[.!]*$`,
    'i',
  ),
];
/** `no access to web-1`: why? */
const NO_ACCESS = new RegExp(
  `^(?:(?:i|we|ich|wir) )?(?:(?:have|got|still|habe|haben|noch|immer) )*(?:no|kein|keinen) (?:access|zugriff|zugang) (?:to|on|auf|zu) ${NAME}[.!?]*$`,
  'i',
);

function ofSentence({ whole }: Heard): string | undefined {
  const [, closed] = NOT_NEEDED.map((one) => one.exec(whole)).find((one) => one !== null) ?? [];
  if (closed !== undefined) return `revoke ${closed}`;
  const [, refused] = NO_ACCESS.exec(whole) ?? [];
  return refused === undefined ? undefined : `why ${refused}`;
}

/** `INC-4711: web-1 ssh 1h`, `[INC-4711] request web-1`. */
function behindTicket({ whole }: Heard): string | undefined {
  const [, ticket, typed] = /^\[?([A-Z][A-Z0-9]{1,9}-\d+|[A-Z]{3,4}\d{5,})(?:\]:?|:)\s+(\S.*)$/.exec(whole) ?? [];
  if (ticket === undefined || typed === undefined) return undefined;
  const { head, reason = '' } = heard(typed);
  return `${head} because ${ticket} ${reason}`.trim();
}
