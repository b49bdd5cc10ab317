import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { becameOf, RENAMED, type Renamed } from '../../src/config/renamed.ts';
import { configSchema } from '../../src/config/schema.ts';
import { configOf, edited, faultsOf, SMALL } from './files.ts';

/** The settings of the last version, one a line. `UPDATE_RECORDED=1` writes them anew: with a new version, and not before. */
const RECORDED = new URL('recorded/settings.txt', import.meta.url);

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly additionalProperties?: Shape | boolean;
}

/** The path of every setting, in every form that it may have. */
function settings(shape: Shape, path = ''): readonly string[] {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  const { additionalProperties: named } = shape;
  return [
    ...(path === '' ? [] : [path]),
    ...Object.entries(shape.properties ?? {}).flatMap(([key, part]) => settings(part, below(key))),
    ...(shape.items ? settings(shape.items, `${path}[]`) : []),
    ...(shape.anyOf ?? []).flatMap((part) => settings(part, path)),
    ...(typeof named === 'object' ? settings(named, below('<name>')) : []),
  ];
}

describe('the format of drawbridge.yaml', () => {
  it('may be named, and is the newest where it is not', () => {
    expect(configOf(SMALL).version).toBe(1);
    expect(configOf(`version: 1\n${SMALL}`)).toEqual(configOf(SMALL));
  });

  it('that is another is all that is told: what else is wrong may be right there', () => {
    expect(faultsOf(`version: 99\nnewSetting: 1\n${SMALL.replace('slack:', 'slak:')}`)).toEqual([
      expect.stringMatching(/^version: is for a newer Drawbridge: .* \(line 1\)$/),
    ]);
  });

  it.each([
    [
      '2',
      'is for a newer Drawbridge: this one reads version 1; upgrade it first, or start the version that the file is for',
    ],
    ['0', 'must be 1'],
    [
      '1.5',
      'is for a newer Drawbridge: this one reads version 1; upgrade it first, or start the version that the file is for',
    ],
    ['"1"', 'must be a number'],
    ['', 'is empty, and must be a number'],
  ])('%j is refused in words', (given, says) => {
    expect(faultsOf(edited(SMALL, 'installation: test', `version: ${given}\ninstallation: test`))).toEqual([
      `version: ${says} (line 1)`,
    ]);
  });

  it('loses no setting without a word: each one of the last version is there, or is told with its new name', () => {
    const shape = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Shape;
    const now = [...new Set(settings(shape))].toSorted();
    if (process.env.UPDATE_RECORDED === '1' || !existsSync(RECORDED)) writeFileSync(RECORDED, `${now.join('\n')}\n`);
    const recorded = readFileSync(RECORDED, 'utf8').trim().split('\n');
    expect(recorded.length).toBeGreaterThan(300);
    const gone = recorded.filter((path) => !now.includes(path) && !RENAMED.some(({ was }) => was === path));
    expect(gone).toEqual([]);
    // And what is said is so.
    expect(RENAMED.filter(({ was }) => now.includes(was))).toEqual([]);
    const parentOf = (path: string) => path.split('.').slice(0, -1).join('.');
    const named = RENAMED.flatMap(({ was, now: name }) =>
      typeof name === 'string' ? [[parentOf(was), name].filter(Boolean).join('.')] : [],
    );
    expect(named.filter((path) => !now.includes(path))).toEqual([]);
  });
});

describe('a setting that went', () => {
  const table: readonly Renamed[] = [
    { was: 'slack.path', since: '0.2.0', now: { instead: 'Slack is always taken at /slack/events' } },
    { was: 'policies[].people', since: '0.2.0', now: 'who' },
  ];

  it.each([
    [['slack', 'path'], '; it is gone since 0.2.0: Slack is always taken at /slack/events'],
    [['policies', 3, 'people'], '; since 0.2.0 it is called who'],
    [['policies', 3, 'peoples'], undefined],
    [['path'], undefined],
  ] as const)('%j is told with what became of it', (path, says) => {
    expect(becameOf(path, table)).toBe(says);
  });
});
