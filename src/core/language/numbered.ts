import type { SaidCommand } from './said.ts';
import { unknownWord } from './term-words.ts';

/** What has a number that is no port: `PR 4711`, `step 2`. */
const NUMBERED =
  /^(?:pr|mr|build|step|node|user|uid|pid|room|team|sprint|phase|version|release|ticket|issue|bug|case|job|run|deploy|level|line|page|item|option|call|desk|stage|batch|shard|rack|slot|order|task|story|number|nr|auftrag|raum|schritt)$/i;

/** Beside a reason, it is a part of that. */
export function withoutNumbers(said: SaidCommand): SaidCommand {
  const { tokens, reason } = said;
  const isNumber = (i: number) => /^\d+$/.test(tokens[i]?.text ?? '') && !tokens[i]?.isJoined && !tokens[i]?.isQuoted;
  const at = tokens.findIndex(
    (token, i) =>
      i > 0 &&
      !token.isQuoted &&
      NUMBERED.test(token.text) &&
      isNumber(i + 1) &&
      !/^ports?$/i.test(tokens[i - 1]?.text ?? ''),
  );
  const noun = tokens[at];
  if (!noun || reason === undefined) return said;
  said.faults.push(unknownWord(noun));
  const why = `${noun.text} ${tokens[at + 1]?.text}${reason === '' ? '' : `, ${reason}`}`;
  return withoutNumbers({ ...said, tokens: tokens.toSpliced(at, 2), reason: why });
}
