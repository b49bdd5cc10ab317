import { JitError } from '../errors/errors.ts';
import { type Port, uniquePorts } from '../rule/port.ts';
import { reasonOf, type Token } from './heard.ts';
import { nearWord } from './near-word.ts';
import { isPortLike, type PortsSaid, portInstead, readPorts } from './port-word.ts';
import type { SaidCommand } from './said.ts';
import { isPolite, isSentenceWord } from './sentence-word.ts';
import { isBareSource, readSourceWords } from './source-words.ts';
import { isNameLike, readTarget, type SaidTarget } from './target.ts';
import { type TermTime, TermTimes } from './term-times.ts';
import { tidy } from './text.ts';
import { isRestOfHour, mustReadTime, nearTime, readTime, type TimeSaid } from './time-words.ts';

/** What may stand in terms, besides ports, a time and a source. */
export interface TermsWanted {
  /** So many machines at most. */
  readonly machines: number;
  /** No end by the clock, and several sources. */
  readonly isLimits?: true;
  /** Machines need no comma between them. */
  readonly isSpaced?: true;
  /** What is not understood is not taken for a reason. */
  readonly noReason?: true;
  /** Reads what else may stand there: how many words from one on are its own. */
  readonly others?: (words: readonly string[], from: number) => number;
}

export interface SaidTerms extends TermTime {
  readonly targets: readonly SaidTarget[];
  readonly ports: readonly Port[];
  /** As they were typed; each can be read. */
  readonly sources: readonly string[];
  readonly isMe?: true;
  /** Words that can only be a reason. */
  readonly reason?: string;
}

const FILLERS = /^(?:to|on|access|machine|server|host|vm)$/i;
const KEYWORDS = ['from', 'for', 'until', 'because', 'port', 'ports'];

/** Reads `[machine] [ports] [for 2h] [until 18:00] [from <source>]` in any order, each word of it; what is wrong is put with the faults. */
export class TermsReader {
  readonly #said: SaidCommand;
  readonly #wanted: TermsWanted;
  readonly #words: readonly string[];
  readonly #times: TermTimes;
  #at = 0;
  readonly #targets: SaidTarget[] = [];
  readonly #ports: Port[] = [];
  readonly #sources: string[] = [];
  #isMe = false;
  #reason: string | undefined;
  /** What was read last, where what may follow hangs on it. */
  #was: 'machine' | 'source' | 'hours' | '' = '';

  constructor(said: SaidCommand, wanted: TermsWanted) {
    this.#said = said;
    this.#wanted = wanted;
    this.#words = said.tokens.map(({ text }) => text);
    this.#times = new TermTimes(said);
  }

  read(): SaidTerms {
    for (let token = this.#token; token; token = this.#token) {
      const own = this.#wanted.others?.(this.#words, this.#at) ?? 0;
      const was = this.#was;
      this.#was = '';
      if (own > 0) this.#at += own;
      else if (token.isQuoted && this.#wants(was, token)) this.#machine(token);
      else if (!this.#keyword(token)) this.#term(token, was);
    }
    return {
      targets: this.#targets,
      ports: uniquePorts(this.#ports),
      sources: this.#sources,
      ...this.#times.time,
      ...(this.#isMe && this.#sources.length === 0 ? { isMe: true } : {}),
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    };
  }

  get #token(): Token | undefined {
    return this.#said.tokens[this.#at];
  }

  #fault(error: JitError): void {
    this.#said.faults.push(error);
  }

  /** Is it a word that says what follows? Then what follows is read. */
  #keyword({ text, isQuoted }: Token): boolean {
    const word = isQuoted ? '' : text.toLowerCase();
    const read = this.#readers.get(word);
    if (!read) return false;
    this.#at += 1;
    read();
    return true;
  }

  readonly #readers: ReadonlyMap<string, () => void> = new Map([
    ['for', () => this.#for()],
    ['until', () => this.#until()],
    ['till', () => this.#until()],
    ['til', () => this.#until()],
    ['bis', () => this.#until()],
    ['für', () => this.#for()],
    ['from', () => this.#source()],
    ['von', () => this.#source()],
    ['port', () => {}],
    ['ports', () => {}],
  ]);

  #term(token: Token, was: string): void {
    const { text, isJoined } = token;
    const isNext = was === 'source' && isJoined && isBareSource(text, this.#said.names);
    const isFiller = this.#wanted.machines > 0 && FILLERS.test(text) && this.#at + 1 < this.#words.length;
    if (isNext) this.#source();
    else if (was === 'hours' && !isJoined && isRestOfHour(this.#times.time.forMs ?? 0, text)) {
      this.#times.rest(text);
      this.#at += 1;
    } else if (this.#plain(token)) return;
    else if (isFiller) this.#at += 1;
    else if (this.#wants(was, token) && !this.#isSlip(token)) this.#machine(token);
    else this.#stray(token);
  }

  /** What is known by its looks: a time, a port. */
  #plain({ text }: Token): boolean {
    const { tokens } = this.#said;
    const time = readTime(tokens, this.#at);
    const ports = readPorts(tokens, this.#at);
    if (/^\d+,\d+$/.test(text)) this.#comma(text);
    else if (time) this.#took(time);
    else if (ports) this.#open(ports);
    else return false;
    return true;
  }

  /** A machine is missing, or a further one stands right behind a comma. */
  #wants(was: string, token: Token): boolean {
    const { machines, isSpaced } = this.#wanted;
    if (token.text.startsWith('-') && !token.isQuoted) return false;
    if (this.#targets.length === 0) return machines > 0;
    if (isSpaced) return machines > 1 && !isSentenceWord(token);
    return machines > 1 && was === 'machine' && token.isJoined === true;
  }

  /** A slip in a keyword is no machine, where a machine still comes. */
  #isSlip({ text }: Token): boolean {
    return nearWord(KEYWORDS, text) !== undefined && !isNameLike(text) && this.#at + 1 < this.#words.length;
  }

  #machine(token: Token): void {
    const target = readTarget(token);
    if (target.fault) this.#fault(target.fault);
    if (!this.#targets.some(({ name }) => name.toLowerCase() === target.name.toLowerCase())) this.#targets.push(target);
    this.#at += 1;
    this.#was = 'machine';
  }

  #for(): void {
    const said = mustReadTime(this.#said.tokens, this.#at);
    const [first, second] = this.#words.slice(this.#at);
    const isSentence = /^\p{L}+$/u.test(first ?? '') && second !== undefined && !KEYWORDS.includes(second);
    if (said.fault) this.#fault(said.fault);
    if (said.fault && isSentence && this.#mayBeReason) this.#reasonFrom(this.#at);
    else this.#took(said);
  }

  #took({ ms, words }: TimeSaid): void {
    this.#times.took(ms);
    const isSpelled = words > 1 && /^h/i.test(this.#words[this.#at + words - 1] ?? '');
    this.#at += words;
    this.#was = isSpelled ? 'hours' : '';
  }

  /** Without `for`, a port and a time, or a fraction. */
  #comma(text: string): void {
    const [port = '', hours = ''] = text.split(',');
    const unit = this.#words[this.#at + 1] ?? '';
    this.#ports.push(...(readPorts([{ text: port, at: 0 }], 0)?.ports ?? []));
    this.#times.ambiguous(`${text}${unit}`, readTime([{ text: `${hours}${unit}`, at: 0 }], 0)?.ms);
    this.#at += 2;
  }

  #until(): void {
    const said = this.#wanted.isLimits ? undefined : this.#times.until(this.#at);
    if (said === undefined) this.#fault(unknownWord('until'));
    this.#at += said ?? new TermTimes({ ...this.#said, faults: [] }).until(this.#at);
  }

  #source(): void {
    const said = readSourceWords(this.#said.tokens, this.#at, this.#said.names);
    this.#at += said.words;
    this.#was = 'source';
    if (said.fault) this.#fault(said.fault);
    if (said.isMe && this.#wanted.isLimits) this.#fault(unknownWord('me'));
    if (said.isMe && this.#sources.length > 0) this.#several('me');
    if (said.isMe) this.#isMe = true;
    if (said.word !== undefined) this.#add(said.word);
    if (this.#token?.text.toLowerCase() === 'or' && !this.#token.isQuoted) {
      this.#at += 1;
      this.#source();
    }
  }

  #add(word: string): void {
    const [first] = this.#sources;
    if (this.#wanted.isLimits || first === undefined) this.#sources.push(word);
    if (this.#wanted.isLimits) return;
    if (first === undefined && this.#isMe) this.#several(word, 'me');
    if (first !== undefined && first.toLowerCase() !== word.toLowerCase()) this.#several(word);
  }

  #several(word: string, first = this.#sources[0] ?? ''): void {
    this.#fault(new JitError('severalSources', { sources: `${first} and ${tidy(word, 60)}` }));
  }

  #open({ ports, words, fault }: PortsSaid): void {
    if (fault) this.#fault(fault);
    this.#ports.push(...ports);
    this.#at += words;
  }

  /** A word that has no place here: what was meant by it is guessed, and the whole is refused. */
  #stray(token: Token): void {
    const { text } = token;
    const isSource = isBareSource(text, this.#said.names);
    const keyword = isSource ? undefined : this.#nearKeyword(token);
    const near = nearTime(text);
    if (!isSource && keyword === undefined && isPortLike(text)) this.#open(portInstead(text));
    else if (!isSource && keyword === undefined && near !== undefined) {
      this.#fault(new JitError('malformedDuration', { word: tidy(text, 40) }));
      this.#took({ ms: near, words: 1 });
    } else {
      this.#fault(unknownWord(text));
      if (isSource) this.#source();
      else if (keyword !== undefined) this.#slip(keyword);
      else if (this.#wanted.machines > 1 && isNameLike(text)) this.#machine(token);
      else if (this.#mayBeReason && !isPolite(text)) this.#reasonFrom(this.#at);
      else this.#at += 1;
    }
  }

  get #mayBeReason(): boolean {
    return this.#said.reason === undefined && !this.#wanted.isLimits && !this.#wanted.noReason;
  }

  #nearKeyword({ text }: Token): string | undefined {
    if (/^reason$/i.test(text)) return 'because';
    const keyword = isNameLike(text) ? undefined : nearWord(KEYWORDS, text);
    return keyword === 'from' && readTime(this.#said.tokens, this.#at + 1) ? 'for' : keyword;
  }

  /** A keyword, but for a letter: the words behind it are its own. */
  #slip(keyword: string): void {
    this.#at += 1;
    if (keyword === 'because') this.#reasonFrom(this.#at);
    else this.#readers.get(keyword)?.();
  }

  #reasonFrom(at: number): void {
    const first = this.#said.tokens[at];
    const words = first ? reasonOf(this.#said.head.slice(first.at)) : '';
    this.#reason = [words, ...(this.#said.reason ? [this.#said.reason] : [])].filter((one) => one !== '').join(' ');
    this.#at = this.#words.length;
  }
}

export function unknownWord(word: string): JitError {
  return new JitError('unknownWord', { word: tidy(word, 40) });
}
