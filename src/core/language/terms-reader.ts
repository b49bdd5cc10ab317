import { JitError } from '../errors/errors.ts';
import { type Port, uniquePorts } from '../rule/port.ts';
import { isPortLike, type PortsSaid, portInstead, readPorts, serviceOf } from './port-word.ts';
import { readPurpose, vagueWords } from './purpose.ts';
import type { SaidCommand } from './said.ts';
import type { SaidTerms, TermsWanted } from './said-terms.ts';
import { isElsewhere, isEmoji, isNoName, isSentenceWord, saysNothing } from './sentence-word.ts';
import { isBareSource, isBracketedSource, readSourceWords } from './source-words.ts';
import { isNameLike, readTarget, type SaidTarget } from './target.ts';
import { TermReasons } from './term-reasons.ts';
import { TermSources } from './term-sources.ts';
import { TermTimes } from './term-times.ts';
import { areTermsBehind, isPassed, isSlip, isTicket, nearKeyword, readComma, unknownWord } from './term-words.ts';
import { tidy } from './text.ts';
import { isDecimal, isRestOfHour, mustReadTime, nearTime, readTime, type TimeSaid } from './time-words.ts';
import type { Token } from './token.ts';
import { isClock } from './until-words.ts';

/** Reads `[machine] [ports] [for 2h] [until 18:00] [from <source>]` in any order, each word of it; what is wrong is put with the faults. */
export class TermsReader {
  readonly #said: SaidCommand;
  readonly #wanted: TermsWanted;
  readonly #words: readonly string[];
  readonly #times: TermTimes;
  #at = 0;
  readonly #targets: SaidTarget[] = [];
  readonly #ports: Port[] = [];
  readonly #sources: TermSources;
  readonly #reasons: TermReasons;
  /** What was read last, where what may follow hangs on it. */
  #was: 'machine' | 'source' | 'hours' | 'other' | '' = '';

  constructor(said: SaidCommand, wanted: TermsWanted) {
    this.#said = said;
    this.#wanted = wanted;
    this.#words = said.tokens.map(({ text }) => text);
    this.#times = new TermTimes(said);
    this.#sources = new TermSources(said.faults, wanted.isLimits);
    this.#reasons = new TermReasons(said);
  }

  read(): SaidTerms {
    for (let token = this.#token; token; token = this.#token) {
      const own = this.#wanted.others?.take(this.#said.tokens, this.#at) ?? 0;
      const was = this.#was;
      this.#was = '';
      if (own > 0) this.#other(own);
      else if (token.isQuoted && this.#wants(was, token)) this.#machine(token);
      else if (!this.#keyword(token)) this.#term(token, was);
    }
    return {
      targets: this.#targets,
      ports: uniquePorts(this.#ports),
      ...this.#sources.said(),
      ...this.#times.time,
      ...this.#reasons.said(),
    };
  }

  get #token(): Token | undefined {
    return this.#said.tokens[this.#at];
  }

  get #isLast(): boolean {
    return this.#at + 1 >= this.#words.length;
  }

  #fault(error: JitError): void {
    this.#said.faults.push(error);
  }

  /** What follows a word that says so. */
  #keyword({ text, isQuoted }: Token): boolean {
    const word = isQuoted ? '' : text.toLowerCase();
    const read = this.#readers.get(word);
    if (!read) return false;
    this.#at += 1;
    read();
    return true;
  }

  readonly #readers: ReadonlyMap<string, () => void> = new Map([
    ...['for', 'für'].map((word) => [word, () => this.#for()] as const),
    ...['until', 'till', 'til', 'bis'].map((word) => [word, () => this.#until()] as const),
    ...['from', 'von'].map((word) => [word, () => this.#source()] as const),
    ...['port', 'ports'].map((word) => [word, () => {}] as const),
  ]);

  #term(token: Token, was: string): void {
    const { text, isJoined } = token;
    const isNext = was === 'source' && isJoined && isBareSource(text, this.#said.names);
    const isSkipped = this.#wanted.machines > 0 && isPassed(this.#said.tokens, this.#at, this.#targets.length > 0);
    if (isNext) this.#source();
    else if (was === 'other' && /^to$/i.test(text) && !token.isQuoted) this.#to();
    else if (was === 'hours' && !isJoined && isRestOfHour(this.#times.time.forMs ?? 0, text)) {
      this.#times.rest(text);
      this.#at += 1;
    } else if (this.#alone(this.#wants(was, token)) || this.#plain(token)) return;
    else if (isSkipped) this.#at += 1;
    else if (this.#wants(was, token) && !(isSlip(token) && !this.#isLast)) this.#machine(token);
    else this.#stray(token);
  }

  #other(words: number): void {
    this.#at += words;
    this.#was = 'other';
  }

  /** Behind a start, `to` is an end; it is given back as it is typed. */
  #to(): void {
    this.#pass('to');
    this.#until();
  }

  /** A moment without `at` or `until`: never a port, and never dropped. */
  #alone(mayBeName: boolean): boolean {
    const { tokens } = this.#said;
    const words = readTime(tokens, this.#at) ? 0 : (this.#wanted.others?.alone?.(tokens, this.#at, mayBeName) ?? 0);
    if (words > 0) this.#other(words);
    return words > 0;
  }

  /** What is known by its looks: a time, a port. */
  #plain({ text }: Token): boolean {
    const { tokens } = this.#said;
    const time = readTime(tokens, this.#at);
    const ports = readPorts(tokens, this.#at);
    if (/^\d+,\d+$/.test(text) && !(time && (this.#wanted.isSpaced || isDecimal(text)))) this.#comma(text);
    else if (time) this.#took(time);
    else if (ports) this.#open(ports);
    else return false;
    return true;
  }

  /** A machine is missing, or a further one stands right behind a comma. */
  #wants(was: string, token: Token): boolean {
    const { machines, isSpaced } = this.#wanted;
    if (isNoName(token)) return false;
    if (this.#targets.length === 0) return machines > 0;
    if (isSpaced) return machines > 1 && !isSentenceWord(token);
    return machines > 1 && was === 'machine' && token.isJoined === true;
  }

  #machine(token: Token): void {
    const target = readTarget(token);
    if (target.fault) this.#fault(target.fault);
    if (!this.#targets.some(({ name }) => name.toLowerCase() === target.name.toLowerCase())) this.#targets.push(target);
    this.#at += 1;
    this.#was = 'machine';
  }

  #for(): void {
    const first = this.#words[this.#at] ?? '';
    const said = mustReadTime(this.#said.tokens, this.#at);
    const mayBeMachine = this.#wanted.machines > 0 && this.#targets.length === 0;
    if (!said.fault) this.#took(said);
    else if (mayBeMachine && /^\p{L}/u.test(first) && isNameLike(first)) return;
    // Whoever asks is meant anyway.
    else if (this.#wanted.machines > 0 && /^(?:me|myself)$/i.test(first)) this.#at += 1;
    else if (isBareSource(first, this.#said.names)) {
      this.#fault(unknownWord('for'));
      this.#source();
    } else this.#forWhat(said);
  }

  #forWhat(said: TimeSaid): void {
    const { isLimits, noReason, machines } = this.#wanted;
    const purpose = isLimits || noReason ? undefined : readPurpose(this.#said, this.#at, machines > 0);
    if (said.fault) this.#fault(said.fault);
    if (purpose) {
      this.#reasons.for(purpose);
      this.#at += purpose.words;
    } else this.#took(said.isGuess ? { ...said, words: vagueWords(this.#words, this.#at, said.words) } : said);
  }

  #took({ ms, words }: TimeSaid): void {
    this.#times.took(ms);
    const isHours = /^\d*h(?:ours?|rs?)?$/i.test(this.#words[this.#at + words - 1] ?? '');
    this.#at += words;
    this.#was = isHours ? 'hours' : '';
  }

  #comma(text: string): void {
    const { ports, word, ms } = readComma(text, this.#said.tokens[this.#at + 1]);
    this.#ports.push(...ports);
    this.#times.ambiguous(word, ms);
    this.#at += 2;
  }

  #until(): void {
    const { isLimits, isSpaced } = this.#wanted;
    const times = isLimits ? new TermTimes({ ...this.#said, faults: [] }) : this.#times;
    if (isLimits) this.#fault(unknownWord('until'));
    this.#at += times.until(this.#at, !isSpaced);
  }

  #source(): void {
    const start = this.#wanted.others?.behindFrom?.(this.#said.tokens, this.#at) ?? 0;
    if (start > 0) {
      this.#other(start);
      return;
    }
    const said = readSourceWords(this.#said.tokens, this.#at, this.#said.names);
    this.#at += said.words;
    this.#was = 'source';
    if (said.fault) this.#fault(said.fault);
    this.#sources.took(said);
    if (this.#token?.text.toLowerCase() === 'or' && !this.#token.isQuoted) {
      this.#at += 1;
      this.#source();
    }
  }

  #open({ ports, words, fault }: PortsSaid): void {
    if (fault) this.#fault(fault);
    this.#ports.push(...ports);
    this.#at += words;
  }

  /** A word that has no place here: what was meant by it is guessed, and the whole is refused. */
  #stray(token: Token): void {
    const { text } = token;
    const service = this.#mayBeReason && this.#at + 1 < this.#words.length ? undefined : serviceOf(text);
    if (this.#targets.length > 0 && isBracketedSource(token, this.#said)) this.#pass(token);
    else if (isClock(text)) this.#clock(token);
    else if (service) this.#open({ ...service, words: 1 });
    else if (/^or$/i.test(text)) this.#either();
    else this.#guess(token);
  }

  #guess(token: Token): void {
    const [{ text }, isSource] = [token, isBareSource(token.text, this.#said.names)];
    const slip = isSource ? undefined : nearKeyword(this.#said.tokens, this.#at);
    // Nothing stands behind it that it could say.
    const keyword = this.#isLast && slip !== 'because' ? undefined : slip;
    const near = nearTime(text);
    if (isEmoji(text)) this.#pass(token);
    else if (!isSource && keyword === undefined && isPortLike(text)) this.#open(portInstead(text));
    else if (!isSource && keyword === undefined && near !== undefined) {
      this.#fault(new JitError('malformedDuration', { word: tidy(text, 40) }));
      this.#took({ ms: near, words: 1 });
    } else {
      this.#fault(unknownWord(token));
      if (isSource) this.#source();
      else if (keyword !== undefined) this.#slip(keyword);
      else if (!this.#wanted.noReason && isTicket(token, this.#targets[0]?.name)) {
        this.#reasons.add(text);
        this.#at += 1;
      } else if (this.#wanted.machines > 1 && isNameLike(text)) this.#machine(token);
      else if (
        this.#mayBeReason &&
        !saysNothing(text, this.#isLast) &&
        !isElsewhere(token, this.#said.tokens[this.#at - 1]) &&
        !this.#areTermsBehind
      )
        this.#reasonFrom(this.#at);
      else this.#at += 1;
    }
  }

  #pass(token: Token | string): void {
    this.#fault(unknownWord(token));
    this.#at += 1;
  }

  /** `by 18:00`, `to 18:00`. */
  #clock(token: Token): void {
    this.#fault(unknownWord(token));
    if (!this.#times.isSaid) this.#until();
    else this.#at += 1;
  }

  /** Of `22 or 3389`, nobody can tell which: the first stays. */
  #either(): void {
    this.#fault(unknownWord('or'));
    this.#at += 1 + (readPorts(this.#said.tokens, this.#at + 1)?.words ?? 1);
  }

  /** Where no machine is named, what would be a reason may be what is offered. */
  get #areTermsBehind(): boolean {
    return this.#wanted.machines === 0 && areTermsBehind(this.#said.tokens, this.#at);
  }

  get #mayBeReason(): boolean {
    return this.#said.reason === undefined && !this.#wanted.isLimits && !this.#wanted.noReason;
  }

  /** A keyword, but for a letter: the words behind it are its own. */
  #slip(keyword: string): void {
    this.#at += 1;
    if (keyword === 'because') this.#reasonFrom(this.#at);
    else this.#readers.get(keyword)?.();
  }

  #reasonFrom(at: number): void {
    this.#reasons.from(at);
    this.#at = this.#words.length;
  }
}
