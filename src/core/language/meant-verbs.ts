import { nearWord } from './near-word.ts';
import { turns } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import type { Token } from './token.ts';
import { umlauted } from './umlauts.ts';

/** Words that may mean a verb: it is not done, but given back. */
const MEANT: Readonly<Record<string, string>> = {
  ...sameAs('approve', 'ok okay yes y yep yeah yup sure lgtm confirm authorize authorise grant approved'),
  ...sameAs('approve', '👍 ✅ ✔ 👌 🆗 💯 🟢 +1 thumbsup white_check_mark heavy_check_mark ok_hand'),
  ...sameAs('deny', '👎 ❌ ✖ 🚫 🛑 ⛔ 🙅 -1 thumbsdown no_entry no_entry_sign no_good octagonal_sign'),
  ...sameAs('approve', 'genehmigen genehmige genehmigt freigeben freigegeben bestätigen ja jo passt'),
  ...sameAs('deny', 'no n nope dismiss block disallow disapprove veto denied rejected'),
  ...sameAs('deny', 'lehne lehn ablehnen ablehne abgelehnt nein nö nee ne verweigern verweigere'),
  ...sameAs(
    'revoke',
    'done finish finished release lock kill shut back return disconnect logout exit drop remove delete disable halt',
  ),
  ...sameAs(
    'revoke',
    'schließen schliessen schließe schliesse schließ schliess beenden beende zumachen fertig sperren sperre',
  ),
  ...sameAs(
    'request',
    'connect login logon unlock use tunnel apply elevate activate aktivieren aktiviere add create enter jump requesting requested telnet enable join log 🔓',
  ),
  ...sameAs(
    'request',
    'beantragen beantrage anfrage anfordern anfragen öffnen öffne aufmachen freischalten zugriff zugang',
  ),
  ...sameAs('again', 'nochmal nochmals erneut wieder wiederholen wiederhole'),
  ...sameAs('withdraw', 'zurückziehen zieh ziehe abbrechen stornieren storniere'),
  ...sameAs('break-glass', 'emergency notfall notzugang notzugriff notfallzugang'),
  ...sameAs('ssh', 'sftp scp rsync putty'),
  ...sameAs('rdp', 'mstsc remote'),
  ...sameAs('extend', 'still more mehr longer lengthen verlängern verlängere'),
  ...sameAs('list', 'liste auflisten active sessions requests history offen offene verlauf anträge'),
  ...sameAs('mine', 'my'),
  ...sameAs('pending', 'wartend wartende inbox queue todo waiting approvals'),
  ...sameAs('home', 'hallo moin servus good guten morning yo'),
  ...sameAs('whoami', 'wer'),
  ...sameAs('nudge', 'erinnern erinnere'),
  ...sameAs('delegate', 'delegiere delegieren vertritt vacation holiday holidays urlaub vertretung ooo'),
  ...sameAs('protect', 'secure harden schützen schütze schutz'),
  ...sameAs('unprotect', 'entschützen entschütze'),
  ...sameAs('explain', 'allowed eligible erlaubt'),
  // Near to a verb by its letters, and none by what it means.
  ...sameAs(
    'help',
    'about tsh tctl reduce shorten man version how wie hilfe hilf undo send docker winrm stand mach mache machen rollback revert report restart reboot project test testing repo log logs alert',
  ),
  ...sameAs(
    'why',
    "cannot can't can’t cant unable unreachable connection ping nmap locked stuck lockout ausgesperrt warum wieso weshalb",
  ),
  ...sameAs('show', 'view details inspect describe zeige zeigen zeig'),
  ...sameAs('status', "when wann time whats what's what’s what is are ist sind geht was remaining restzeit zeit"),
  ...sameAs('status', 'does did has were ensure check verify'),
};

function sameAs(verb: string, words: string): Readonly<Record<string, string>> {
  return Object.fromEntries(words.split(' ').map((word) => [word, verb]));
}

/** The verb that may be meant by what is typed first. `grant me access` is none of those who grant. */
export function meantVerb([first, second, ...more]: readonly Token[]): string | undefined {
  const word = first?.isQuoted ? '' : wordOf(first?.text ?? '');
  const next = second?.text.toLowerCase() ?? '';
  // `make sure web-1 is closed`
  if (word === 'make' && next === 'sure') return 'status';
  if (word === 'grant' && /^(?:me|us)$/.test(next)) return undefined;
  // `log in`, `how long`, `what can you do`.
  if (word === 'log') return /^(?:in|into|on)$/.test(next) ? 'request' : 'help';
  if (/^(?:how|wie)$/.test(word)) return /^(?:long|lange?)$/.test(next) ? 'status' : 'help';
  if (/^(?:until|since|bis|seit)$/.test(word) && /^(?:when|wann)$/.test(next)) return 'status';
  const isAboutUs = /^(?:what|was)$/.test(word) && /^(?:can|could|do|does|kann|kannst)$/.test(next);
  if (isAboutUs && namedIn(more).length === 0) return 'help';
  return umlauted(word, (one) => (Object.hasOwn(MEANT, one) ? MEANT[one] : undefined));
}

/** A word as it is looked up: an emoji without its colour, or by its name, as Slack writes it (`:+1::skin-tone-3:`). */
function wordOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\u{FE0F}\u{1F3FB}-\u{1F3FF}]/gu, '')
    .replace(/::skin-tone-\d:?$/, '')
    .replace(/^:|:$/g, '');
}

/** What opens or allows: a short word with two letters wrong may well be another one. */
const BOLD = new Set('approve allow permit accept confirm restore protect unprotect match'.split(' '));

/** The verb that was meant by a slip of a finger or two. */
export function nearVerb(verbs: Iterable<string>, word: string): string | undefined {
  const all = [...verbs, 'help'].filter((one) => one.length > 2);
  const near = nearWord(all, word);
  // `unrevoke` is the opposite of it, and no slip.
  const isUndoing = /^un/i.test(word) && (!near?.startsWith('un') || all.includes(word.slice(2).toLowerCase()));
  if (isUndoing) return undefined;
  const mayBeOther = word.length < 7 || near?.[0] !== word[0]?.toLowerCase();
  return near !== undefined && BOLD.has(near) && mayBeOther ? nearWord([near], word, 1) : near;
}

const NO = /^(?:no|n|nope|nein|nö|nee|ne)$/i;
const OPENS = /^(?:approve|request|extend|again|accept|protect|unprotect|revoke|withdraw|break-glass)$/;

/** `k7m3q9w nicht ablehnen`, `nein, k7m3q9w genehmigen`: the verb stands behind what turns it round, or says something else than the first word. */
export function isVerbTurned(tokens: readonly Token[], topicOf: (word: string) => string | undefined): boolean {
  const verbs = tokens.map((token) =>
    token.isQuoted || turns(token) ? undefined : (topicOf(token.text.toLowerCase()) ?? meantVerb([token])),
  );
  const at = verbs.findIndex((verb) => verb !== undefined && verb !== 'status' && verb !== 'why');
  const turn = tokens.findIndex(turns);
  const isNo = !tokens[0]?.isQuoted && NO.test(tokens[0]?.text ?? '');
  return isNo ? verbs.slice(1).some((verb) => OPENS.test(verb ?? '')) : turn > 0 && turn < at;
}

/** What is named in a sentence, without its other words. */
export function namedIn(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ text, isQuoted }) => isQuoted || isNameLike(text));
}
