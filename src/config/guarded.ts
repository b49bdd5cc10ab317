import { createHash } from 'node:crypto';
import { isLive } from './live.ts';
import type { Config } from './schema.ts';

/**
 * Where changes need approval, `approved` sections count once they are: all that says who gets in, who decides that, who is who, and who hears of
 * it. `host` ones are about where and how this process runs. A new setting belongs to one of both.
 */
const GUARDED: Readonly<Record<keyof Config, 'approved' | 'host'>> = {
  version: 'host',
  installation: 'host',
  language: 'host',
  redis: 'host',
  http: 'host',
  marks: 'host',
  undo: 'host',
  audit: 'host',
  // It makes a proof worse, and never better.
  witness: 'host',
  // Words on cards: nothing is judged by them.
  addressDatabases: 'host',
  // Who is who in chats and browsers, and what they proved besides.
  web: 'approved',
  board: 'approved',
  api: 'approved',
  signIn: 'approved',
  slack: 'approved',
  teams: 'approved',
  people: 'approved',
  groups: 'approved',
  directory: 'approved',
  onCall: 'approved',
  // What the clouds say of machines, tags, and roles is judged by.
  azure: 'approved',
  aws: 'approved',
  gcp: 'approved',
  machines: 'approved',
  sources: 'approved',
  protections: 'approved',
  protectors: 'approved',
  policies: 'approved',
  breakGlass: 'approved',
  breakGlassOffline: 'approved',
  drill: 'approved',
  lease: 'approved',
  requests: 'approved',
  cards: 'approved',
  leaver: 'approved',
  tickets: 'approved',
  traces: 'approved',
  outgoing: 'approved',
  security: 'approved',
  readers: 'approved',
  policyChanges: 'approved',
  // Who is told.
  places: 'approved',
  operators: 'approved',
  digest: 'approved',
  alarms: 'approved',
};

const CODE_LETTERS = 20;

/** What counts once it is approved. */
export function guardedSections(config: Config): Readonly<Record<string, unknown>> {
  const sections = Object.entries(config).filter(([key, section]) => isGuarded(key) && section !== undefined);
  // Whose address is believed decides what is opened.
  const { trustedProxies } = config.http;
  return { ...Object.fromEntries(sections), ...(trustedProxies.length > 0 ? { trustedProxies } : {}) };
}

/** The guarded sections that differ, and count from a start on alone: nothing takes them up while a process runs. */
export function startedOtherwise(running: Config, approved: Config): readonly string[] {
  const [own, other] = [guardedSections(running), guardedSections(approved)];
  const keys = [...new Set([...Object.keys(own), ...Object.keys(other)])];
  return keys.filter((key) => !isLive(key) && JSON.stringify(own[key]) !== JSON.stringify(other[key]));
}

/** The same for the same rules, however the file is written. */
export function codeOf(config: Config): string {
  return hashOf(guardedSections(config));
}

/**
 * What the environment says of the rules, in `DRAWBRIDGE_RULES`: where they are kept, and which are the first ones. Whoever can write
 * the file alone cannot change it.
 */
export function pinOf(config: Config): string {
  const { installation, redis, marks } = config;
  return `${hashOf({ installation, redis, marks })}.${codeOf(config)}`;
}

function isGuarded(key: string): boolean {
  return GUARDED[key as keyof Config] === 'approved';
}

function hashOf(sections: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(sections).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, CODE_LETTERS);
}
