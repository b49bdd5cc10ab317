import { JitError } from '../errors/errors.ts';
import { type Port, parsePort, uniquePorts } from '../rule/port.ts';
import { readSources } from './asked-source.ts';
import type { Ask, Command, Typed, WhyAsk } from './command.ts';
import { isAll } from './fillers.ts';
import { readPorts } from './port-word.ts';
import { mayBeSomebody } from './purpose.ts';
import {
  type CommandReading,
  each,
  eitherWay,
  MOST_AT_ONCE,
  mustName,
  noReason,
  nothingMore,
  oneByOne,
  only,
  PLACEHOLDER,
  type ReadCommand,
  readAsks,
} from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import { TermsReader } from './terms-reader.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';
import { isTopic, type Topic } from './usage.ts';
import { behindNames, straysIn, whichOf } from './which-ask.ts';

/** `request <machine>[, <machine>] [terms] because <reason>`; where something is missing, the form asks for it. */
export function readRequest(named: readonly string[]): ReadCommand {
  return (typed) => {
    const said = named.includes('ssh') ? withoutSwitches(typed) : typed;
    // `ssh -p 2222 web-1` and `ssh web-1:2222` are that port alone; `18:00` is none, nor `UTC+5:30` behind it.
    const isElsewhere = said.tokens.some(
      ({ text, isQuoted }) =>
        !isQuoted &&
        /^(?:ports?|\[[\da-f:.]+\]:\d+|(?!\d+:|\d{4}-\d\d-\d\dt|(?:utc|gmt)?[+-]\d)[^:/]+:\d+)$/i.test(text),
    );
    const known = isElsewhere ? [] : named.flatMap((name) => parsePort(name) ?? []);
    if (said.tokens.length === 0 && said.reason === undefined && known.length === 0) return only({ verb: 'request' });
    // `all web servers`
    const [all, more] = said.tokens;
    if (all && more && isAll(all) && !more.isQuoted && /^\p{L}+$/u.test(more.text) && !isSentenceWord(more)) {
      said.faults.push(unknownWord(all));
      return only({ verb: 'help', about: 'request' });
    }
    const asked = readAsks(said, { machines: 100 });
    const asks = asked.asks.map((ask) => ({ ...ask, ports: uniquePorts([...known, ...(ask.ports ?? [])]) }));
    const whole = (ask: Typed) => requestOf(ask, asked.reason);
    if (asked.arePortsApart) return { groups: asks.map((ask) => [whole(ask)]), how: 'then' };
    if (asks.length > 1 && !asked.reason) return withoutReason(said, asks);
    if (asks.length > MOST_AT_ONCE) return each(said, asks, whole);
    const { somebody } = asked;
    // `for grace because x`: for her, or because of that?
    if (somebody !== undefined && asked.either.length < 2) {
      const whom = `@${somebody}`;
      const forThem = (ask: Typed) => requestOf({ ...ask, whom: /\s/.test(whom) ? `"${whom}"` : whom }, said.reason);
      return together({ groups: [asks.map(forThem), asks.map(whole)], how: 'or' });
    }
    return together(eitherWay(said, { ...asked, asks }, whole));
  };
}

/** `ssh -i key web-1`: switches of that program mean nothing here, and it is said which. */
function withoutSwitches(said: SaidCommand): SaidCommand {
  const isSwitch = (token: Token | undefined) =>
    token !== undefined && !token.isQuoted && /^-(?!\d\d?:\d\d$)\w/.test(token.text);
  const isValue = (_: Token, i: number) => /^-[bcDEeFIiJLlmOoQRSWw]$/.test(said.tokens[i - 1]?.text ?? '');
  // `ssh web-1 && reboot`, `ssh web-1; exit`
  const end = said.tokens.findIndex(({ isJoined, at, text }, i) => {
    const between = said.head.slice(said.tokens[i - 1]?.at ?? at, at);
    return i > 0 && isJoined === true && /;|&&|\|/.test(between) && !isNameLike(text);
  });
  const own = end < 0 ? said.tokens : said.tokens.slice(0, end);
  const left = own.filter((token, i) => !isSwitch(token) && !isValue(token, i));
  const first = said.tokens.find(isSwitch) ?? said.tokens[end];
  if (first) said.faults.push(unknownWord(first));
  return { ...said, tokens: left };
}

/** The same of several machines is one command. */
function together({ groups, ...how }: CommandReading): CommandReading {
  const joined = groups.map((commands): readonly Command[] => {
    const asks = commands.flatMap((command) => (command.verb === 'request' && command.ask ? [command.ask] : []));
    const [first, ...more] = asks;
    if (!first || more.length === 0) return commands;
    return [{ verb: 'request', ask: { ...first, others: more.map(({ machine }) => machine) } }];
  });
  return { groups: joined, ...how };
}

/** A form is for one machine. */
function withoutReason(said: SaidCommand, asks: readonly Typed[]): CommandReading {
  said.faults.push(new JitError('missingReason'));
  return only(...asks.map((ask) => requestOf(ask, PLACEHOLDER.reason)));
}

function requestOf(ask: Typed, reason: string | undefined): Command {
  return isWhole(ask) && reason
    ? { verb: 'request', ask: { ...ask, justification: reason } }
    : { verb: 'request', typed: { ...ask, ...(reason ? { justification: reason } : {}) } };
}

function isWhole(ask: Typed): ask is Omit<Ask, 'justification'> {
  return ask.machine !== undefined && ask.ports !== undefined;
}

/** The same with the code behind `confirm`. */
export const readGlass: ReadCommand = (said) => {
  if (said.tokens.length === 0 && said.reason === undefined) return only({ verb: 'break-glass' });
  const at = said.tokens.findIndex(({ text, isQuoted }) => !isQuoted && text.toLowerCase() === 'confirm');
  const code = at < 0 ? undefined : said.tokens[at + 1]?.text.toLowerCase();
  if (at >= 0 && code === undefined) said.faults.push(unknownWord('confirm'));
  const tokens = at < 0 ? said.tokens : said.tokens.toSpliced(at, 2);
  const asked = readAsks({ ...said, tokens }, { machines: 100 });
  const command = (ask: Typed): Command => {
    // It begins at once, and is for whoever breaks it: all else is requested.
    if (ask.start !== undefined || ask.whom !== undefined) return requestOf(ask, asked.reason);
    const confirm = code === undefined ? {} : { confirm: code };
    return isWhole(ask) && asked.reason
      ? { verb: 'break-glass', ask: { ...ask, justification: asked.reason, ...confirm } }
      : { verb: 'break-glass', typed: { ...ask, ...(asked.reason ? { justification: asked.reason } : {}) } };
  };
  const [{ start, whom } = {}] = asked.asks;
  const more = start ?? (whom === undefined ? undefined : `for ${whom}`);
  if (more !== undefined) said.faults.unshift(new JitError('notWithGlass', { word: tidy(more, 60) }));
  if (asked.asks.length > 1) return oneByOne(said, asked.asks, command);
  return eitherWay(said, asked, command);
};

/** `explain <machine> [terms]`, of several machines each. */
export const readExplain: ReadCommand = (all) => {
  const [topic, ...more] = all.tokens;
  // `explain extend` asks what that does.
  if (topic && !topic.isQuoted && more.length === 0 && isTopic(topic.text.toLowerCase())) {
    all.faults.push(unknownWord(topic));
    return only({ verb: 'help', about: topic.text.toLowerCase() as Topic });
  }
  const said = asQuestion(all);
  const asked = readAsks(said, { machines: 100 });
  const command = (ask: Typed): Command => ({
    verb: 'explain',
    ...mustName(said, ask),
    ...(asked.reason ? { justification: asked.reason } : {}),
  });
  if (asked.arePortsApart) return { groups: asked.asks.map((ask) => [command(ask)]), how: 'then' };
  const { reason } = asked;
  const isFor = said.reason === undefined && said.tokens.some(({ text }) => /^for$/i.test(text));
  // `for sam`: for whom, or why?
  if (isFor && reason !== undefined && mayBeSomebody(reason) && asked.either.length < 2 && said.faults.length > 0) {
    const whom = /\s/.test(reason) ? `"@${reason}"` : `@${reason}`;
    const forThem = asked.asks.map(
      ({ whom: _, ...ask }): Command => ({ verb: 'explain', ...mustName(said, ask), whom }),
    );
    return { groups: [forThem, asked.asks.map(command)], how: 'or' };
  }
  return asked.asks.length > MOST_AT_ONCE ? each(said, asked.asks, command) : eitherWay(said, asked, command);
};

/** `why <machine> [port] [from <source>]`: of each port and each machine. */
export const readWhy: ReadCommand = (all) => {
  noReason(all);
  const said = asQuestion(all);
  const terms = new TermsReader(said, { machines: 100, noReason: true }).read();
  if (terms.forMs !== undefined || terms.until) said.faults.push(unknownWord(terms.until ? 'until' : 'for'));
  if (terms.targets.length === 0 && said.faults.length === 0) said.faults.push(new JitError('missingMachine'));
  const [word] = terms.sources;
  const sources = word === undefined ? [] : readSources(word, said.names);
  const [source, second] = sources;
  if (second !== undefined) said.faults.push(new JitError('severalSources', { sources: sources.join(' and ') }));
  const from = source === undefined ? {} : { source };
  const machines = terms.targets.length > 0 ? terms.targets : [{ name: PLACEHOLDER.machine, ports: [] }];
  const asks = machines.flatMap(({ name, ports }): readonly WhyAsk[] => {
    const all: readonly Port[] = uniquePorts([...terms.ports, ...ports]);
    return all.length === 0 ? [{ machine: name, ...from }] : all.map((port) => ({ machine: name, port, ...from }));
  });
  return each(said, asks, (ask) => ({ verb: 'why', ...ask }));
};

/** `why is web-1 open`: a sentence is refused, with the command about what it names. */
function asQuestion(said: SaidCommand): SaidCommand {
  const [first] = said.tokens;
  if (
    !first ||
    first.isQuoted ||
    !/^(?:is|are|can|cant|can't|can’t|cannot|couldn't|couldn’t|couldnt|does|do|don't|don’t|i|am|was|why|not|how|what)$/i.test(
      first.text,
    )
  )
    return said;
  said.faults.push(unknownWord(first));
  return { ...said, tokens: said.tokens.filter(({ text, isQuoted }) => isQuoted || isNameLike(text)) };
}

/** `unprotect <machine> …`: each word is one. */
export const readUnprotect: ReadCommand = (said) => {
  noReason(said);
  const end = behindNames(said);
  const tokens = said.tokens.slice(0, end);
  nothingMore(said, end);
  const names = [...new Set(tokens.flatMap((token) => whichOf(token) ?? []))];
  const port = said.tokens.find((token, i) => i > 0 && !token.isQuoted && readPorts([token], 0) !== undefined);
  const behind = said.tokens[end];
  // One port alone is taken out of its form, and nothing is unprotected for a while.
  if (port) {
    said.faults.push(unknownWord(port));
    const before = names.filter(
      (name) => said.tokens.indexOf(port) > said.tokens.findIndex((one) => whichOf(one) === name),
    );
    return { groups: before.map((name) => [{ verb: 'protect', which: [name] }]), how: 'then' };
  }
  if (behind && !behind.isQuoted && /^(?:for|from|until|till|at|in|tomorrow|today|tonight)$/i.test(behind.text))
    return only({ verb: 'help', about: 'unprotect' });
  if (names.length === 0) {
    said.faults.push(new JitError('missingMachine'));
    return only({ verb: 'unprotect', machine: PLACEHOLDER.machine });
  }
  // `unprotect web-1 temporarily`
  const [stray] = straysIn(tokens, names);
  if (stray) {
    said.faults.push(unknownWord(stray));
    return only({ verb: 'help', about: 'unprotect' });
  }
  return each(said, names, (machine) => ({ verb: 'unprotect', machine }));
};
