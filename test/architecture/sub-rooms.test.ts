import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsOf } from './imports.ts';
import { readSources } from './sources.ts';

const sources = readSources(['src', 'adapters']);
/** What an opening is judged by, and asked again with. */
const JUDGED = ['ask-anew', 'case', 'changed', 'glass-house', 'held-back', 'judgement', 'places'].map(
  (name) => `request/${name}.ts`,
);
const BASE = ['errors', 'language', 'machine', 'people', 'rule'];
const AZURE_ROOM = ['arm', 'errors.ts', 'backend.ts'];
const AWS_ROOM = ['ec2', 'errors.ts', 'settings.ts'];
/** A strategy may use what stands beside both, but for their registry, and never the other one. */
const STRATEGY = ['close.ts', 'locate.ts', 'marked.ts', 'open.ts', 'revoke-rules.ts', 'strategy.ts', 'write-rule.ts'];

/**
 * For each room that has rooms, what each of these may import of the same house: rooms beside it, or single files. The
 * files that stand beside the rooms may import all of them.
 */
const HOUSES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // Ideas stand on simpler ones: what is said and reached, then what is allowed, then what is asked for, then how it looks.
  'src/core': {
    // What a refusal is filled with may be a sentence itself.
    errors: ['language/text.ts', 'language/say.ts'],
    words: ['language'],
    language: ['errors', 'rule', 'machine/lockdown.ts'],
    rule: ['errors', 'language', 'machine/machine.ts'],
    machine: ['errors', 'language', 'rule'],
    people: ['errors', 'language'],
    packet: ['errors', 'language', 'rule'],
    audit: BASE,
    evidence: [...BASE, 'audit'],
    policy: BASE,
    request: [...BASE, 'policy', 'audit'],
    view: [...BASE, 'policy', 'audit', 'request'],
    board: [...BASE, 'policy', 'request'],
  },
  // `machine` writes to clouds, and asks for the one judgement before it opens; `request` and `protect` use it without
  // knowing each other; the last two call them.
  'src/app': {
    audit: ['deps.ts'],
    // An opening is judged again right before its first call.
    machine: ['deps.ts', 'audit', 'glass/as-ruled.ts', 'protect/loud.ts', ...JUDGED],
    request: ['deps.ts', 'live.ts', 'audit', 'machine'],
    evidence: ['deps.ts', 'soon.ts', 'audit', 'operators/alarms.ts', 'protect/news.ts'],
    glass: ['deps.ts', 'audit', 'machine', 'request'],
    protect: ['deps.ts', 'audit', 'machine'],
    rules: ['deps.ts', 'audit', 'request/replay.ts', 'protect/news.ts'],
    // It needs no store: of the rest only how things are told.
    lifeboat: ['deps.ts', 'rest.ts', 'soon.ts', 'audit', 'protect/news.ts'],
    operators: ['deps.ts', 'rest.ts', 'audit', 'machine', 'request/end.ts', 'protect/news.ts', 'glass/examine.ts'],
    loops: [
      'deps.ts',
      'live.ts',
      'rest.ts',
      'audit',
      'evidence',
      'lifeboat/overdue.ts',
      'machine',
      'people/delegation-over.ts',
      'request',
      'protect',
      'operators',
      'glass',
    ],
    // Those that sign in with a browser; what comes of it is said in chat.
    people: [
      'deps.ts',
      'audit',
      'machine/no-request.ts',
      'request/decide.ts',
      'request/end.ts',
      'request/called.ts',
      'request/confirmed.ts',
      'protect/news.ts',
    ],
    // It shows; what it does is what chats do.
    board: ['deps.ts', 'rest.ts', 'machine/no-request.ts', 'request/end.ts', 'protect', 'people'],
    // What chats ask for, asked for by programs.
    api: ['deps.ts', 'inbox', 'machine/no-request.ts', 'people', 'protect', 'request'],
    inbox: [
      'deps.ts',
      'audit',
      'machine',
      'people',
      'board/link.ts',
      'request',
      'protect',
      'operators',
      'glass',
      'rules',
    ],
  },
  // What all backends read knows none of them. Of another backend one asks only whether it stands in front of a machine;
  // rules behind a firewall are those of a network security group too.
  'adapters/azure': {
    arm: ['errors.ts'],
    reach: ['arm', 'errors.ts'],
    defender: [...AZURE_ROOM, 'firewall/in-front.ts'],
    nsg: [...AZURE_ROOM, 'firewall/in-front.ts'],
    firewall: [...AZURE_ROOM, 'nsg', 'reach'],
    entitlement: ['arm', 'errors.ts', 'backends.ts'],
    'key-vault': ['arm', 'errors.ts'],
  },
  'adapters/aws': {
    ec2: ['errors.ts', 'settings.ts'],
    reach: AWS_ROOM,
    lease: AWS_ROOM,
    lockdown: AWS_ROOM,
    entitlement: AWS_ROOM,
    people: AWS_ROOM,
    sessions: AWS_ROOM,
    'secrets-manager': AWS_ROOM,
    usage: [...AWS_ROOM, 'reach', 'our-groups.ts'],
  },
  'adapters/aws/lease': { dedicated: STRATEGY, 'per-request': STRATEGY },
};

/** What `file` is in a house: the room, and its name in the house. Undefined when it stands elsewhere or beside the rooms. */
function within(house: string, file: string): { readonly room: string; readonly name: string } | undefined {
  if (!file.startsWith(`${house}/`)) return undefined;
  const name = file.slice(house.length + 1);
  return { room: name.split('/')[0] ?? '', name };
}

function fault(house: string, { from, file }: Import): string | undefined {
  const here = within(house, from);
  const there = file === undefined ? undefined : within(house, file);
  if (!here || !there || here.room === there.room || here.room.endsWith('.ts')) return undefined;
  const allowed = HOUSES[house]?.[here.room] ?? [];
  return allowed.includes(there.room) || allowed.includes(there.name) ? undefined : `${from} imports ${file}`;
}

describe.each(Object.entries(HOUSES))('the rooms of %s', (house, rooms) => {
  it('are those that the rules know', () => {
    const files = sources.map(({ file }) => within(house, file)).filter((one) => one !== undefined);
    const folders = new Set(files.map(({ room }) => room).filter((room) => !posix.extname(room)));
    expect([...folders].filter((room) => !(room in rooms))).toEqual([]);
  });

  it('import what they may', () => {
    const faults = sources.flatMap(importsOf).map((one) => fault(house, one));
    expect(faults.filter(Boolean)).toEqual([]);
  });
});
