import { JitError } from '../errors/errors.ts';
import { lengthSpan } from './length-span.ts';
import { type CommandReading, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { severalWays } from './several-ways.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';
import type { Topic } from './usage.ts';
import { BY_WORD, WITH_LENGTHS } from './verbs.ts';

/** So many commands are offered, of which one is meant. */
const MOST_WAYS = 8;

/** What is offered, and what it was read of where that was not all in one. */
interface WholeReading extends CommandReading {
  readonly said?: SaidCommand;
}

/** Where two lengths were said as one, `2-3 hours`, with each of them; and so of ports, people and hours. */
export function readWays(
  said: SaidCommand,
  readVerb: ReadCommand,
  helpOf: (said: SaidCommand, reading?: CommandReading) => CommandReading,
): WholeReading {
  const topic = BY_WORD.get(said.tokens[0]?.text.toLowerCase() ?? '')?.[1];
  const span = topic === undefined || WITH_LENGTHS.includes(topic) ? lengthSpan(said) : undefined;
  // `from 1h to 2h` may be what it lasts in all.
  if (span && topic === 'extend' && /^from\b/i.test(span.word)) return readVerb(said);
  const several = severalWays(said, topic ?? topicMeant(readVerb({ ...said, faults: [] })));
  if (!span && !several) return readVerb(said);
  const lengths = (tokens: readonly Token[]) => (span && lengthSpan({ ...said, tokens })?.ends) ?? [tokens];
  const ways = (several?.ways ?? [said.tokens]).flatMap(lengths);
  const [first = only(), ...more] = ways.map((tokens, i) =>
    readVerb({ ...said, tokens, faults: i === 0 ? said.faults : [] }),
  );
  const at = /^(?:unknownCommand|noTime)$/.test(said.faults[0]?.code ?? '') ? 1 : 0;
  const fault = several?.fault ?? new JitError('ambiguousTime', { word: tidy(span?.word ?? '', 40) });
  said.faults.splice(at, 0, fault);
  const how = several ? several.how : 'or';
  const groups = [first, ...more].flatMap((one) => one.groups);
  const isPlain =
    how !== undefined &&
    !(span && how === 'then') &&
    groups.length <= MOST_WAYS &&
    groups.flat().every(({ verb }) => verb !== 'help') &&
    [first, ...more].every((one) => one.groups.length < 2 || one.how === how);
  if (!isPlain) return several ? helpOf(said, first) : first;
  return { groups, how, ...(several ? { said: { ...said, tokens: ways[0] ?? said.tokens } } : {}) };
}

/** What a sentence asks for. */
function topicMeant({ groups }: CommandReading): Topic | undefined {
  const [{ verb } = { verb: 'help' }] = groups.flat();
  return BY_WORD.get(verb === 'less' ? 'approve' : verb)?.[1];
}
