import type { SaidCommand } from './said.ts';
import { unknownWord } from './term-words.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';

/** What has a number that is no port: `PR 4711`, `step 2`. */
const NUMBERED =
  /^(?:pr|mr|build|step|node|user|uid|pid|room|team|sprint|phase|version|release|ticket|issue|bug|case|job|run|deploy|level|line|page|item|option|call|desk|stage|batch|shard|rack|slot|order|task|story|number|nr|auftrag|raum|schritt)$/i;

/** Ports that are asked for every day: behind `run` or `node`, one is no number of it. */
const USUAL = /^(?:22|53|80|443|1433|1521|3306|3389|5432|598[56]|6379|6443|8080|8443|9200|27017)$/;

/** Behind these, a port may stand as well as a number. */
const OF_PORTS = /^(?:number|nr|run|deploy|stage|node|user)$/i;

/** Beside a reason, it is a part of that; never of an approval, which is of all ports where none is said. */
export function withoutNumbers(said: SaidCommand): SaidCommand {
  const { tokens, reason } = said;
  // Of `22 build 443`, the second is no port.
  const isPort = (i: number) =>
    USUAL.test(tokens[i]?.text ?? '') &&
    (OF_PORTS.test(tokens[i - 1]?.text ?? '') || !tokens.some(({ text }, at) => at !== i && USUAL.test(text)));
  const isNumber = (i: number) => {
    const { text = '', isJoined, isQuoted } = tokens[i] ?? {};
    return /^\d+$/.test(text) && !isPort(i) && !isJoined && !isQuoted;
  };
  const at = tokens.findIndex(
    (token, i) =>
      i > 0 &&
      !token.isQuoted &&
      NUMBERED.test(token.text) &&
      isNumber(i + 1) &&
      !/^ports?$/i.test(tokens[i - 1]?.text ?? ''),
  );
  const noun = tokens[at];
  if (/(?:^|\s)(?:approve|allow|permit|accept|grant|lgtm|genehmige?|freigeben)(?=\s)/i.test(said.head)) return said;
  if (!noun || reason === undefined) return said;
  said.faults.push(unknownWord(noun));
  const why = `${noun.text} ${tokens[at + 1]?.text}${reason === '' ? '' : `, ${reason}`}`;
  return withoutNumbers({ ...said, tokens: tokens.toSpliced(at, 2), reason: why });
}

/** `approve k7m3q9w run 22`: where the word stands of which nobody can tell whether a number or a port is behind it. */
export function numberOrPort(tokens: readonly Token[], from: number): number | undefined {
  const isEnd = (i: number) =>
    tokens[i] === undefined ||
    /^(?:for|from|until|till|til|bis)$/i.test(tokens[i]?.text ?? '') ||
    readTime(tokens, i) !== undefined;
  const at = tokens.findIndex(
    ({ text, isQuoted, isJoined }, i) =>
      i >= from &&
      !isQuoted &&
      !isJoined &&
      OF_PORTS.test(text) &&
      USUAL.test(tokens[i + 1]?.text ?? '') &&
      !tokens[i + 1]?.isJoined &&
      isEnd(i + 2),
  );
  return at < 0 ? undefined : at;
}
