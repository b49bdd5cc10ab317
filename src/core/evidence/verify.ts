import type { RecordFacts } from '../audit/facts.ts';
import type { KeyOf } from '../audit/sealed.ts';
import { BEGINNING, lostBefore } from './chain.ts';
import type { AuditFault } from './fault.ts';
import { CLOCK_MS, clockBack, type Gap, gapBefore, unmet, unnamed, withoutIndex, withoutRecords } from './files.ts';
import { readHead } from './head.ts';
import { keyTimes } from './key-times.ts';
import { damageIn, type LineRead, placeText, readLine } from './line.ts';
import { looseRecords } from './loose.ts';
import { isKeyOf, type NoteVerifier, readNote } from './note.ts';
import { saidIn } from './parts.ts';
import { type ReceiptState, receiptFault, receiptsElsewhere } from './receipt.ts';
import { deletions } from './retained.ts';
import { takenAway } from './taken-away.ts';
import { cutOff, unsigned } from './unsigned.ts';
import type { ChainVerdict } from './verdict.ts';

/** Heads that are remembered, for what comes twice or out of its order. */
const REMEMBERED = 5_000;
/** Of a batch, whose head a crash cut off. */
const MOST_UNSIGNED = 500;
const MOST_FAULTS = 100;
const MOST_REMARKS = 20;

interface Checks {
  readonly verifiers: readonly NoteVerifier[];
  /** Heads that were kept elsewhere: the chain must lead to each of them. */
  readonly anchors?: ReadonlyMap<number, string>;
  /** When the time of a key was over: heads of later are not signed by it. */
  readonly untils?: ReadonlyMap<string, number>;
  /** What is wrong with the receipt of a record, if it has one. */
  readonly receipt?: (facts: RecordFacts) => ReceiptState;
  /** Keys of people, where what is said of them is sealed. */
  readonly keyOf?: KeyOf;
  /** Signed notes beside the files, of whom was erased. */
  readonly erasures?: readonly string[];
  /** What comes before the first record is elsewhere: a copy of a part, or a place that was added later. */
  readonly isPart?: boolean;
}

/** Reads the lines of audit files in their order, and finds what was changed, taken out, put elsewhere, or cut off. */
export class Verification {
  readonly #checks: Checks;
  /** The head behind each record, and what else its line says of its place: what comes twice must say the same. */
  readonly #heads = new Map<number, { readonly head: string; readonly place: string }>();
  /** Records that did not come yet: from, to. */
  #missing: Gap[] = [];
  readonly #faults: AuditFault[] = [];
  readonly #remarks: string[] = [];
  readonly #keys = new Set<string>();
  readonly #met = new Set<number>();
  /** The first record of each file; undefined where its first line is none. */
  readonly #files = new Map<string, number | undefined>();
  readonly #times: ReturnType<typeof keyTimes>;
  #end: LineRead | undefined;
  #last = { file: '', line: 0 };
  readonly #deletions: ReturnType<typeof deletions>;
  readonly #takenAway: ReturnType<typeof takenAway>;
  readonly #loose = looseRecords();
  #first = 0;
  #records = 0;
  #signed = 0;
  #sealed = 0;
  #receipts = 0;
  #lost = 0;
  #unlistedFaults = 0;
  #unlistedRemarks = 0;
  #installation: string | undefined;
  /** The first receipt of each installation. */
  readonly #receiptOf = new Map<string, Pick<AuditFault, 'file' | 'line'> & { readonly index: number }>();
  /** Signed heads that stand before their record, by its number. */
  readonly #early = new Map<number, { readonly head: string; readonly file: string; readonly line: number }>();

  constructor(checks: Checks) {
    this.#checks = checks;
    this.#takenAway = takenAway(checks.verifiers, checks.erasures);
    this.#times = keyTimes(checks.untils ?? new Map(), new Set(checks.verifiers.map(({ vkey }) => vkey)));
    this.#deletions = deletions(checks.verifiers, this.#times);
  }

  take(line: Buffer, file: string, number: number): undefined {
    const read = readLine(line);
    if (!read) {
      if (!this.#files.has(file)) this.#files.set(file, undefined);
      return this.#fault({ file, line: number, what: 'damaged', say: damageIn(line) });
    }
    if ('note' in read) return this.#note(read.note, file, number);
    this.#record(read, file, number);
  }

  /** After the last line, of files with these names. */
  verdict(files: readonly string[] = []): ChainVerdict {
    for (const { from, to, file, line } of this.#missing) this.#fault(gapBefore(from, to, { file, line }));
    this.#missing = [];
    const isCut = cutOff(this.#early, this.#end?.index ?? 0).length > 0;
    for (const fault of [...this.#loose.faults(isCut), ...withoutRecords(files, this.#files)]) this.#fault(fault);
    this.#beginning();
    this.#ending();
    return {
      records: this.#records,
      first: this.#first,
      end: this.#end,
      signed: this.#signed,
      keys: this.#keys,
      receipts: this.#receipts,
      lost: this.#lost,
      erased: this.#takenAway.parts(),
      sealed: this.#sealed,
      faults: this.#faults,
      remarks: this.#remarks,
      unlisted: { faults: this.#unlistedFaults, remarks: this.#unlistedRemarks },
      anchored: Math.max(0, ...this.#met),
    };
  }

  /** Nothing before the first record is missing but what an entry says was deleted. */
  #beginning(): undefined {
    const first = this.#first;
    if (first <= 1 || this.#checks.isPart) return;
    const said = this.#deletions.before(first === 2 ? 'record 1 is' : `records 1 to ${first - 1} are`);
    // Before all others: however many of them there are, these are listed.
    if ('remark' in said) return void this.#remarks.unshift(said.remark);
    this.#fault({ file: [...this.#files.keys()][0] ?? '', line: 1, index: 1, what: 'missing', say: said.fault });
  }

  /** It goes as far as heads that were kept elsewhere, and is signed up to there. */
  #ending(): undefined {
    for (const [index] of this.#checks.anchors ?? []) {
      if (this.#met.has(index)) continue;
      if (index < this.#first)
        this.#remark(`the head of record ${index} was kept elsewhere, and is before these files`);
      else this.#fault(unmet(index, this.#end?.index ?? 0));
    }
    for (const fault of cutOff(this.#early, this.#end?.index ?? 0)) this.#fault(fault);
    for (const fault of receiptsElsewhere(this.#receiptOf, this.#installation)) this.#fault(fault);
    const { isPart = false } = this.#checks;
    const looked = { times: this.#times, installation: this.#installation, isPart };
    for (const said of [...this.#takenAway.unsaid(looked), this.#times.unknown()])
      if (said !== undefined) this.#remarks.unshift(said);
    const end = this.#end?.index ?? 0;
    const isKnown = this.#faults.some(({ what }) => what === 'signature');
    for (const fault of this.#takenAway.forged(looked)) this.#fault(fault);
    if (isKnown || end === 0 || (this.#keys.size > 0 && end - this.#signed <= MOST_UNSIGNED)) return;
    this.#fault(unsigned(this.#keys.size === 0 ? undefined : this.#signed, this.#last));
  }

  #record(read: LineRead, file: string, line: number): undefined {
    const { index } = read;
    this.#last = { file, line };
    const expected = this.#end ? this.#end.index + 1 : index;
    if (!this.#files.has(file)) {
      this.#files.set(file, index);
      const say = index > expected ? undefined : unnamed(read, file);
      if (say !== undefined) this.#fault({ file, line, index, what: 'reordered', say });
    }
    const known = this.#heads.get(index);
    if (known?.head === read.head && known.place === placeText(read) && read.isIntact) {
      this.#people(read, file, line);
      return this.#remark(`record ${index} stands there twice`);
    }
    this.#records += 1;
    if (!this.#end) this.#first = index;
    if (index > expected) this.#missing.push({ from: expected, to: index - 1, file, line });
    if (index < expected) {
      this.#missing = [...withoutIndex(this.#missing, index)];
      const say = `record ${index} stands behind record ${expected - 1}`;
      this.#fault({ file, line, index, what: 'reordered', say });
    }
    this.#link(read, file, line);
    this.#contents(read, file, line);
    this.#remember(read);
    this.#headFirst(read);
    if (index >= expected) this.#end = read;
    this.#meetAnchor(read, file, line);
  }

  /** Does it follow from the one before, where that is there? */
  #link(read: LineRead, file: string, line: number): undefined {
    const { index } = read;
    const changed = (text: string) => this.#fault({ file, line, index, what: 'changed', say: text });
    const say = this.#loose.against(read, { head: this.#headOf(index - 1), last: this.#end?.index }, { file, line });
    if (!read.isIntact) return changed(`record ${index} was changed: it is not what its hash says`);
    if (say !== undefined) return changed(say);
    const end = this.#end;
    if (!end || index !== end.index + 1) return;
    const lost = read.epoch === end.epoch || end.epoch === 0 ? lostBefore(end, read) : read.sequence - 1;
    this.#lost += Math.max(0, lost);
    if (lost > 0) this.#remark(`before record ${index}, the store lost ${lost} entries before they were chained`);
    if (read.at < end.at - CLOCK_MS) this.#remark(clockBack(index, end.at, read.at));
    if (read.epoch < end.epoch || (read.epoch === end.epoch && read.sequence <= end.sequence))
      this.#remark(`at record ${index}, the store had gone back in time`);
    else if (read.epoch > end.epoch)
      this.#remark(`at record ${index}, another database was begun, or it had gone back in time`);
  }

  /** As its line, its signed note, or somebody elsewhere says it. */
  #headOf(index: number): string | undefined {
    if (index === BEGINNING.index) return BEGINNING.head;
    return (this.#heads.get(index) ?? this.#early.get(index))?.head ?? this.#checks.anchors?.get(index);
  }

  /** Persons' parts, and receipts. */
  #contents(read: LineRead, file: string, line: number): undefined {
    if (!read.isIntact) return;
    const { index } = read;
    const { facts = {}, gone, sealed } = this.#people(read, file, line);
    this.#times.take(read, facts);
    this.#deletions.take(read, facts);
    this.#takenAway.take(read.at, facts, gone, { file, line, index });
    this.#sealed += sealed;
    const receipt = this.#checks.receipt?.(facts) ?? 'none';
    const wrong = receiptFault(receipt, read.at, this.#times);
    if (wrong === undefined) this.#receipts += receipt === 'none' ? 0 : 1;
    if (typeof receipt !== 'string' && !this.#receiptOf.has(receipt.installation))
      this.#receiptOf.set(receipt.installation, { file, line, index });
    if (wrong !== undefined)
      this.#fault({ file, line, index, what: 'receipt', say: `the receipt in record ${index} ${wrong}` });
  }

  #people(read: LineRead, file: string, line: number) {
    const said = saidIn(read, this.#checks.keyOf);
    if (said.wrong !== undefined) this.#fault({ file, line, index: read.index, what: 'changed', say: said.wrong });
    return said;
  }

  #note(note: string, file: string, line: number): undefined {
    const read = readNote(note, this.#checks.verifiers);
    const head = read && readHead(read.text);
    if (!read || !head) return this.#fault({ file, line, what: 'damaged', say: 'is no signed head' });
    const { index } = head;
    const signature = (say: string) => this.#fault({ file, line, index, what: 'signature', say });
    if (read.state === 'wrong')
      return signature(`the signed head of record ${index} was changed: its signature is wrong`);
    if (read.state === 'unknown') return signature(`the head of record ${index} is signed by a key that is not known`);
    // Its own time, and that of what it signs: neither makes the other younger.
    const late = this.#times.against(read.by ?? '', Math.max(head.at, this.#end?.at ?? 0));
    if (late !== undefined) return signature(`the head of record ${index} is signed by a key ${late}`);
    if (!isKeyOf(read.by ?? '', head.installation))
      return signature(
        `the head of record ${index} is of installation ${head.installation}, and is signed by a key of another one`,
      );
    this.#keys.add(read.by ?? '');
    this.#installation ??= head.installation;
    if (head.installation !== this.#installation)
      return signature(
        `the head of record ${index} is of installation ${head.installation}, and those before it are of ${this.#installation}`,
      );
    const own = this.#heads.get(index)?.head;
    if (own !== undefined && own !== head.head)
      return signature(
        `the records up to ${index} do not lead to the head that was signed: they were changed and chained anew, after record ${this.#signed}`,
      );
    if (own === undefined && index > (this.#end?.index ?? 0)) this.#early.set(index, { head: head.head, file, line });
    if (own !== undefined) this.#proven(index);
  }

  /** Its signed head came before it. */
  #headFirst({ index, head }: LineRead): undefined {
    const early = this.#early.get(index);
    if (!early) return;
    this.#early.delete(index);
    const { file, line } = early;
    const isOwn = early.head === head;
    const more = isOwn ? '' : ', and is not that of the records up to it';
    const say = `the signed head of record ${index} stands before it${more}`;
    this.#fault({ file, line, index, what: isOwn ? 'reordered' : 'signature', say });
    if (isOwn) this.#proven(index);
  }

  #proven(index: number): undefined {
    this.#signed = Math.max(this.#signed, index);
    this.#loose.signed(index);
  }

  #meetAnchor({ index, head }: LineRead, file: string, line: number): undefined {
    const wanted = this.#checks.anchors?.get(index);
    if (wanted === undefined) return;
    this.#met.add(index);
    if (wanted === head) this.#loose.signed(index);
    const say = `the records up to ${index} do not lead to the head that was kept elsewhere`;
    if (wanted !== head) this.#fault({ file, line, index, what: 'changed', say });
  }

  #remember(read: LineRead): undefined {
    this.#heads.set(read.index, { head: read.head, place: placeText(read) });
    const [oldest = 0] = this.#heads.keys();
    if (this.#heads.size > REMEMBERED) this.#heads.delete(oldest);
  }

  #fault(fault: AuditFault): undefined {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(fault);
    else this.#unlistedFaults += 1;
  }

  #remark(say: string): undefined {
    if (this.#remarks.length < MOST_REMARKS) this.#remarks.push(say);
    else this.#unlistedRemarks += 1;
  }
}
