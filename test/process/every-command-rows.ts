import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a command ends where there is no configuration and nobody has signed in, and the words that it needs for that. */
export interface Row {
  readonly words?: readonly string[];
  readonly ends: number;
  /** It does more than a test may do beside others: it is run by itself, without `--json`. */
  readonly alone?: true;
}

export const STATE = mkdtempSync(join(tmpdir(), 'drawbridge-every-command-'));
export const NOWHERE = join(STATE, 'nowhere');
export const OPERATOR: Readonly<Record<string, Row>> = {
  start: { ends: 1, alone: true },
  init: { ends: 1, alone: true },
  check: { ends: 1 },
  protect: { words: ['web-1'], ends: 1 },
  unprotect: { words: ['web-1'], ends: 1 },
  list: { ends: 1 },
  show: { words: ['k7m3q9w'], ends: 1 },
  revoke: { words: ['k7m3q9w'], ends: 1 },
  close: { words: ['all'], ends: 1 },
  'break-glass': { words: ['web-1', '--as', 'ada', '--because', 'test'], ends: 1 },
  doctor: { ends: 1 },
  drill: { ends: 1 },
  'audit verify': { ends: 1 },
  'audit export': { ends: 1 },
  'audit about': { words: ['ada'], ends: 1 },
  'audit erase': { words: ['ada', '--because', 'test'], ends: 1 },
  'audit unseal': { ends: 1 },
  'audit keys': { ends: 1 },
  'audit sinks': { ends: 1 },
  'audit forget': { words: ['files'], ends: 1 },
  evidence: { words: ['--from', '2026-07-01', '--to', '2026-08-01', '--out', NOWHERE], ends: 1 },
  'webhooks list': { ends: 1 },
  'webhooks replay': { words: ['siem', '--since', '2026-07-01'], ends: 1 },
  'policy explain': { words: ['ada', 'web-1'], ends: 1 },
  'policy test': { words: [NOWHERE], ends: 1 },
  'policy replay': { words: [NOWHERE], ends: 1 },
  why: { words: ['web-1'], ends: 1 },
  lockdowns: { ends: 1 },
  people: { ends: 1 },
  'people links': { ends: 1 },
  'people find': { words: ['ada'], ends: 1 },
  'people why': { words: ['ada'], ends: 1 },
  'people import': { words: [NOWHERE], ends: 1 },
  machines: { ends: 1 },
  consent: { ends: 1 },
  restore: { words: ['all'], ends: 1 },
  roles: { words: ['aws'], ends: 0 },
  token: { words: ['new'], ends: 0 },
  completion: { words: ['bash'], ends: 0 },
  'manifest teams': {
    words: ['--app-id', '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d', '--out', join(NOWHERE, 'a.zip')],
    ends: 1,
  },
  'manifest slack': { words: ['--socket'], ends: 0 },
};
/** 6 is “not signed in”; docs/commands.md has all. */
export const PERSON: Readonly<Record<string, Row>> = {
  login: { ends: 6 },
  logout: { ends: 0 },
  request: { words: ['web-1', 'ssh'], ends: 6 },
  status: { ends: 6 },
  approve: { words: ['k7m3q9w'], ends: 6 },
  deny: { words: ['k7m3q9w'], ends: 6 },
  withdraw: { words: ['k7m3q9w'], ends: 6 },
  extend: { words: ['k7m3q9w'], ends: 6 },
  explain: { words: ['web-1'], ends: 6 },
  recommend: { ends: 6 },
  whoami: { ends: 6 },
  ssh: { words: ['web-1'], ends: 6 },
  rdp: { words: ['web-1'], ends: 6 },
};
export const SHARED: Readonly<Record<string, Row>> = {
  list: { ends: 6 },
  show: { words: ['k7m3q9w'], ends: 6 },
  machines: { ends: 6 },
  why: { words: ['web-1'], ends: 6 },
  revoke: { words: ['k7m3q9w'], ends: 6 },
};
