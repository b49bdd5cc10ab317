import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { recordOf } from '../../src/core/audit/record.ts';
import { EVENTS, REFUSED_VERBS } from '../../src/core/evidence/events.ts';
import { PLACES } from '../../src/core/evidence/places.ts';
import { FIELDS, ocsfOf, rowOf } from '../../src/core/evidence/row.ts';
import { section } from './section.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('docs/audit.md', () => {
  it('lists every event', () => {
    const rows = Object.entries(EVENTS).map(([event, [kind, what]]) => `| \`${event}\` | ${kind} | ${what} |`);
    const table = ['| event | kind | what happened |', '|---|---|---|', ...rows].join('\n');
    expect(section('docs/audit.md', 'events', table)).toBe(table);
  });

  it('says of every field what it is in OCSF and in ASIM', () => {
    const rows = Object.entries(FIELDS).map(
      ([field, [what, ocsf, asim]]) => `| \`${field}\` | ${what} | \`${ocsf}\` | \`${asim}\` |`,
    );
    const table = ['| field | what it is | OCSF 1.8 | ASIM |', '|---|---|---|---|', ...rows].join('\n');
    expect(section('docs/audit.md', 'fields', table)).toBe(table);
  });
});

describe('the places that keep something', () => {
  it('are in the docs, with what each has of people, and until when', () => {
    const rows = PLACES.map(({ where, has, until, erased }) => `| ${where} | ${has} | ${until} | ${erased} |`);
    const table = ['| where | what it has of people | until | what erasing does |', '|---|---|---|---|', ...rows].join(
      '\n',
    );
    expect(section('docs/audit.md', 'places', table)).toBe(table);
  });

  it('are all keys of Redis that the program writes, each once', () => {
    const keys = PLACES.flatMap((place) => place.keys ?? []);
    expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted());
    const text = ['src/redis', 'src/queue', 'src/app', 'src/http', 'adapters'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|lua)$/.test(name))
        .map((name) => readFileSync(join(root, folder, name), 'utf8')),
    );
    // `${base}:name`, `base .. ':name'`, indexes of requests, and keys that are listed by name.
    const written = new Set(
      text.flatMap((one) =>
        [...one.matchAll(/(?:\$\{base(?:Key\([^)]*\))?\}:|base \.\. ':)([a-z]+(?:-[a-z]+)*)/g)].map(
          ([, key = '']) => key,
        ),
      ),
    );
    expect(written.size).toBeGreaterThan(40);
    expect([...written].filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('are all that an adapter writes to', () => {
    const rooms = PLACES.flatMap((place) => place.rooms ?? []);
    const keeping = readdirSync(join(root, 'adapters')).filter((room) =>
      /^(?:audit-|alarm-|spool$|undo$|glass-snapshot$|people-keys$|slack$|teams$)/.test(room),
    );
    expect(rooms.toSorted()).toEqual(keeping.toSorted());
    // Whatever else writes files of its own would have to be in the table, too.
    const others = readdirSync(join(root, 'adapters'), { recursive: true, encoding: 'utf8' }).filter(
      (name) =>
        name.endsWith('.ts') &&
        !rooms.includes(name.split('/')[0] ?? '') &&
        /writeFile|appendFile|createWriteStream|open\([^)]*'[aw]/.test(
          readFileSync(join(root, 'adapters', name), 'utf8'),
        ),
    );
    expect(others).toEqual([]);
  });
});

describe('the events', () => {
  it('are all that the program writes', () => {
    const files = ['src/app', 'src/core/request'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(root, folder, name), 'utf8')),
    );
    const written = files.flatMap((text) =>
      [...text.matchAll(/event: (?:[^,;{}\n]*\? )?'([a-z ]+)'(?: : '([a-z ]+)')?/g)].flatMap(([, a, b]) => [
        a ?? '',
        b ?? '',
      ]),
    );
    // Looks and notices, which are no facts (core/request/audited.ts).
    const noFact = [
      'placed',
      'watched',
      'reminded',
      'alarmed',
      'not reached',
      'place opened',
      'review reminded',
      'active',
    ];
    const unknown = [...new Set(written)].filter(
      (event) => event !== '' && !(event in EVENTS) && !REFUSED_VERBS.includes(event) && !noFact.includes(event),
    );
    expect(unknown).toEqual([]);
    expect(written.length).toBeGreaterThan(80);
  });
});

describe('an entry in OCSF', () => {
  it('has all that its class demands', () => {
    const texts = recordOf(
      {
        ...{ act: 'k7m3q9x-4', event: 'opened', outcome: 'done', by: 'drawbridge', as: 'program', request: 'k7m3q9x' },
        ...{ version: 4, machine: 'aws:123456789012:eu-west-1:i-0123456789abcdef0', machineName: 'web-1' },
        requester: { id: 'ada', name: 'Ada' },
        source: '203.0.113.7/32',
      },
      () => 'salt',
    );
    const row = rowOf({ index: 7, epoch: 1_764_000_000_000, sequence: 7, at: 1_764_000_000_123, ...texts });
    expect(ocsfOf(row)).toMatchObject({
      ...{ category_uid: 3, class_uid: 3004, activity_id: 10, type_uid: 300_410, severity_id: 1, status_id: 1 },
      time: 1_764_000_000_123,
      metadata: { version: '1.8.0', sequence: 7, uid: '1764000000000-7', product: { vendor_name: 'Drawbridge' } },
      entity: { name: 'k7m3q9x', uid: 'k7m3q9x', owner: { uid: 'ada', name: 'Ada' } },
      cloud: { provider: 'aws', account: { uid: '123456789012' }, region: 'eu-west-1' },
      actor: { user: { uid: 'drawbridge' } },
      src_endpoint: { ip: '203.0.113.7/32' },
    });
  });
});
