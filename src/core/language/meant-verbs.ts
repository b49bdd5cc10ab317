import { isNameLike } from './target.ts';
import type { Token } from './token.ts';

/** Words that may mean a verb: it is not done, but given back. */
const MEANT: Readonly<Record<string, string>> = {
  ...sameAs('approve', 'ok okay yes y lgtm confirm authorize authorise grant approved'),
  ...sameAs('approve', 'genehmigen genehmige genehmigt freigeben freigegeben bestätigen ja jo passt'),
  ...sameAs('deny', 'no n nope dismiss block disallow disapprove veto denied rejected'),
  ...sameAs('deny', 'ablehnen ablehne abgelehnt nein verweigern verweigere'),
  ...sameAs(
    'revoke',
    'done finish finished release lock kill shut back return disconnect logout exit drop remove delete',
  ),
  ...sameAs('revoke', 'schließen schliessen schließe schliesse beenden beende zumachen fertig sperren'),
  ...sameAs('request', 'connect login logon unlock add create enter jump requesting requested telnet'),
  ...sameAs(
    'request',
    'beantragen beantrage anfrage anfordern anfragen öffnen öffne oeffnen oeffne freischalten zugriff zugang',
  ),
  ...sameAs('withdraw', 'zurückziehen abbrechen'),
  ...sameAs('break-glass', 'emergency notfall'),
  ...sameAs('ssh', 'sftp scp putty'),
  ...sameAs('rdp', 'mstsc'),
  ...sameAs('extend', 'more longer lengthen verlängern verlängere verlaengern verlaengere'),
  ...sameAs('list', 'active sessions requests history offen offene'),
  ...sameAs('mine', 'my'),
  ...sameAs('pending', 'inbox queue todo waiting approvals'),
  ...sameAs('whoami', 'wer'),
  // Near to a verb by its letters, and none by what it means.
  ...sameAs('help', 'about reduce shorten man version how hilfe'),
  ...sameAs('why', "cannot can't can’t cant unable unreachable connection ping nmap warum wieso"),
  ...sameAs('show', 'view details inspect describe zeige zeigen'),
  ...sameAs('status', 'when wann time whats'),
};

function sameAs(verb: string, words: string): Readonly<Record<string, string>> {
  return Object.fromEntries(words.split(' ').map((word) => [word, verb]));
}

/** The verb that may be meant by what is typed first. `grant me access` is none of those who grant. */
export function meantVerb([first, second]: readonly Token[]): string | undefined {
  const word = first?.isQuoted ? '' : (first?.text.toLowerCase() ?? '');
  return word === 'grant' && /^(?:me|us)$/i.test(second?.text ?? '') ? undefined : MEANT[word];
}

const FAILING = /^(?:unreachable|timeout|times|timed|hangs|(?:not|refuses?|refused|isn't|isn’t)$)/i;

/** A sentence of somebody who does not get in: `web-1 is not reachable`, `connection to web-1 times out`. */
export function isComplaint(tokens: readonly Token[]): boolean {
  return isNameLike(tokens[0]?.text ?? '') && tokens.some(({ text, isQuoted }) => !isQuoted && FAILING.test(text));
}

/** What a terminal said (OpenSSH): `ssh: connect to host web-1 port 22: Connection timed out`. The machine and its port. */
export function failedConnection(text: string): readonly Token[] | undefined {
  const [, host, port] = /^(?:ssh: )?connect to (?:host|address) (\S+) port (\d{1,5})\b/i.exec(text) ?? [];
  return host === undefined || port === undefined ? undefined : [host, port].map((one) => ({ text: one, at: 0 }));
}

/** What is named in a sentence, without its other words. */
export function namedIn(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ text, isQuoted }) => isQuoted || isNameLike(text));
}
