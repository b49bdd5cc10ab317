import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { codeOf, guardedSections, pinOf, startedOtherwise } from '../../src/config/guarded.ts';
import { configSchema } from '../../src/config/schema.ts';
import { configOf, GOOD, SMALL } from './files.ts';

const SOURCE = readFileSync(new URL('../../src/config/guarded.ts', import.meta.url), 'utf8');

/** What says nothing of who gets in, who decides it, who is who, or who is told. */
const OF_THE_HOST = [
  'version',
  'installation',
  'language',
  'redis',
  'http',
  'marks',
  'undo',
  'audit',
  'witness',
  'addressDatabases',
];

describe('what counts once it is approved', () => {
  it('is every setting that is not about the host alone: a new one belongs to either', () => {
    const listed = [...SOURCE.matchAll(/^ {2}(\w+): '(approved|host)',$/gm)].map(([, key, of]) => [key, of]);
    expect(listed.map(([key]) => key).sort()).toEqual(Object.keys(configSchema.shape).sort());
    expect(listed.flatMap(([key, of]) => (of === 'host' ? [key] : []))).toEqual(OF_THE_HOST);
  });

  it.each(Object.keys(parse(GOOD)).filter((key) => !OF_THE_HOST.includes(key)))('is another where `%s` is', (key) => {
    const config = configOf(GOOD);
    expect(codeOf({ ...config, [key]: 'something else' })).not.toBe(codeOf(config));
    expect(Object.keys(guardedSections(config))).toContain(key);
  });

  it('is the same in another order, and on another host', () => {
    const config = configOf(SMALL);
    const turned = Object.fromEntries(Object.entries(parse(SMALL)).toReversed());
    expect(codeOf(configOf(stringify(turned)))).toBe(codeOf(config));
    expect(codeOf(configOf(`${SMALL}http: { port: 0 }\nundo: { folder: /other }\n`))).toBe(codeOf(config));
  });

  it('has whose word of an address is believed', () => {
    const config = configOf(`${SMALL}http: { trustedProxies: [10.0.0.0/8] }\n`);
    expect(codeOf(config)).not.toBe(codeOf(configOf(SMALL)));
    expect(startedOtherwise(configOf(SMALL), config)).toEqual(['trustedProxies']);
  });

  it('says what only a start takes up', () => {
    const other = configOf(SMALL.replace('teamId: T1', 'teamId: T2').replace('name: Ada', 'name: Eve'));
    expect(startedOtherwise(configOf(SMALL), other)).toEqual(['slack']);
  });

  it('is bound to where it is kept by what the environment says', () => {
    const pin = pinOf(configOf(SMALL));
    expect(pinOf(configOf(SMALL))).toBe(pin);
    for (const where of ['redis: { prefix: other }', 'redis: { dataDir: /elsewhere }', 'marks: { keyFile: /k }'])
      expect(pinOf(configOf(`${SMALL}${where}\n`)).split('.')[0]).not.toBe(pin.split('.')[0]);
  });
});
