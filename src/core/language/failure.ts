import { isNameLike } from './target.ts';
import type { Token } from './token.ts';

const FAILING = /^(?:unreachable|timeout|times|timed|hangs|down|(?:not|refuses?|refused|isn't|isn’t)$)/i;

/** What programs say that do not get in: OpenSSH, nc, curl, telnet, PuTTY, the clients of Remote Desktop. */
const SAID = new RegExp(
  [
    'timed out|\\btime-?out\\b|not responding|unreachable|no route to host|broken pipe|(?:permission|access) denied',
    "(?:could not|cannot|can[’']t|couldn[’']t|unable to|failed to) (?:connect|resolve|reach)",
    'connection (?:was )?(?:refused|reset|closed|lost|aborted)|host key verification failed',
    'zeitüberschreitung|verbindung (?:wurde )?(?:verweigert|abgelehnt|getrennt|unterbrochen|fehlgeschlagen)',
  ].join('|'),
  'i',
);

/** Where such a line names the machine. */
const NAMED = [
  /\bconnect to (?:host |address )?([\w.:-]+?):? port (\d{1,5})\b/i,
  /\b(?:by|with|to|from) ([\w.:-]+?) port (\d{1,5})\b/i,
  /\bhost(?:name)? ([\w.-]*\d[\w.-]*)\b/i,
  /\bserver ([\w.-]*\d[\w.-]*)\b/i,
  /^(?:[\w.-]+@)([\w.-]+):/i,
  /\b(?:to|on|reach|resolve|with|from) ([\w.-]*\d[\w.-]*)/i,
  /^([\w.-]*\d[\w.-]*)\b/i,
];

/** What a terminal said: `ssh: connect to host web-1 port 22: Connection timed out`. The machine, and its port, where they are named. */
export function failedConnection(text: string): readonly Token[] | undefined {
  if (!SAID.test(text)) return undefined;
  const [, host, port] = NAMED.map((one) => one.exec(text)).find((one) => one !== null) ?? [];
  const words = [host, port].filter((one) => one !== undefined);
  return words.map((one) => ({ text: one.replace(/[:.]+$/, ''), at: 0 }));
}

/** A sentence of somebody who does not get in: `web-1 is not reachable`, `connection to web-1 times out`. */
export function isComplaint(tokens: readonly Token[]): boolean {
  return isNameLike(tokens[0]?.text ?? '') && tokens.some(({ text, isQuoted }) => !isQuoted && FAILING.test(text));
}
