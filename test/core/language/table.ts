import { readFileSync } from 'node:fs';
import type { Command } from '../../../src/core/language/command.ts';
import { portText } from '../../../src/core/rule/port.ts';

/** 14:00 on Tuesday, 10 March 2026, in Berlin. */
export const CLOCK = { now: Date.UTC(2026, 2, 10, 13), zone: 'Europe/Berlin' };

export const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['vpn', ['10.8.0.0/16']],
  ['office', ['203.0.113.0/24']],
  ['vpn-berlin', ['10.9.0.0/16']],
]);

interface Row {
  readonly input: string;
  readonly meaning: string;
}

/** `<input> => <meaning>`, one a line. */
export const TABLE: readonly Row[] = [
  'requests.txt',
  'verbs.txt',
  'countries.txt',
  'kinds.txt',
  'hurried.txt',
  'moments.txt',
  'first-words.txt',
  'everyday.txt',
  'as-said.txt',
  'strangers.txt',
  'hasty.txt',
].flatMap((file) =>
  readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.includes(' => ') && !line.startsWith('# '))
    .map((line) => {
      const at = line.lastIndexOf(' => ');
      return { input: characters(line.slice(0, at)), meaning: line.slice(at + 4) };
    }),
);

/** `\u00a0` and `\n` are those characters. */
function characters(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})|\\n|\\t/g, (word, code?: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return word === '\\n' ? '\n' : '\t';
  });
}

type Json = Readonly<Record<string, unknown>>;

/** All fields of a command, in words. */
export function meaningOf(command: Command): string {
  const { verb, ask, typed, less, ports, ...rest } = command as Command & Json;
  if (verb === 'delegate') return delegation(ask as Json);
  const isForm = (verb === 'request' || verb === 'break-glass') && ask === undefined;
  const terms = (ask ?? typed ?? less ?? {}) as Json;
  const limits = (Array.isArray(ports) ? { ports } : typeof ports === 'object' ? ports : {}) as Json;
  const all: Json = { ...rest, ...terms, ...limits, ...(ports === 'usual' ? { usual: true } : {}) };
  const fields = Object.entries(all).flatMap(([key, value]) => fieldOf(String(verb), key, value));
  const order = fields.sort((a, b) => ORDER.indexOf(keyOf(a)) - ORDER.indexOf(keyOf(b)));
  return [isForm ? `${verb} form` : verb, ...order].join(' | ');
}

const ORDER = [
  'about',
  'all',
  'whose',
  'm',
  'others',
  'machine',
  'which',
  'to',
  'number',
  'p',
  't',
  'u',
  'start',
  'whom',
  's',
  'standing',
  'anyway',
].concat(['whole', 'accepting', 'verdict', 'code', 'confirm', 'c', 'words', 'r']);

function keyOf(field: string): string {
  return field.split('=')[0] ?? '';
}

function fieldOf(verb: string, key: string, value: unknown): readonly string[] {
  switch (key) {
    // `start` says it; moments.test.ts holds it against the instant that is meant.
    case 'startsAt':
      return [];
    case 'ports':
      return (value as never[]).length > 0 ? [`p=${(value as never[]).map(portText).join(',')}`] : [];
    case 'port':
      return [`p=${portText(value as never)}`];
    case 'usual':
      return ['p=usual'];
    case 'forMs':
      return [`t=${timeOf(Number(value))}`];
    case 'until':
      return [`u=${new Date((value as { at: number }).at).toISOString().slice(0, 16)}Z`];
    case 'source':
      return [`s=${value}`];
    case 'sources':
      return (value as string[]).length > 0 ? [`s=${(value as string[]).join(',')}`] : [];
    case 'accepting':
      return (value as string[]).length > 0 ? [`accepting=${(value as string[]).join(',')}`] : [];
    case 'machine':
      return [`${verb === 'unprotect' || verb === 'drill' ? 'machine' : 'm'}=${value}`];
    case 'reason':
    case 'justification':
      return [`r=${value}`];
    case 'confirm':
      return [value === true ? 'confirm' : `c=${value}`];
    default:
      return [value === true ? key : `${key}=${value}`];
  }
}

function timeOf(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  if (minutes % 60 === 0) return `${minutes / 60}h`;
  return minutes > 1_000 ? `${minutes / 60}h` : `${minutes}m`;
}

function delegation({ what, to, until }: Json): string {
  if (what !== 'begin') return `delegate ${what}`;
  return `delegate | to=${to} | until=${(until as string[]).join(' ')}`;
}
