import { mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressDatabases } from '../../../adapters/address-databases/index.ts';
import type { JitError } from '../../../src/core/errors/errors.ts';
import type { Log } from '../../../src/ports/log.ts';
import { mmdb } from './mmdb.ts';

const MINUTE_MS = 60_000;
const ASN = mmdb({
  '203.0.113.0/24': { autonomous_system_number: 64_500, autonomous_system_organization: 'Example Telecom' },
  '2001:db8::/32': { autonomous_system_number: 64_501, autonomous_system_organization: 'Six\u202e Net' },
});
const COUNTRY = mmdb({ '203.0.113.0/25': { country: { iso_code: 'DE' } } });

function files(contents: Readonly<Record<string, Buffer | string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-addresses-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const paths = Object.keys(contents).map((name) => join(folder, name));
  let [now, stamp] = [1_000_000, 1_000];
  const write = (path: string, content: Buffer | string) => {
    writeFileSync(path, content);
    stamp += 1;
    utimesSync(path, stamp, stamp);
  };
  for (const [i, content] of Object.values(contents).entries()) write(paths[i] as string, content);
  const warned: string[] = [];
  const silent = () => {};
  const log = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (_: object, text: string) => warned.push(text),
  } as unknown as Log;
  return {
    paths,
    warned,
    write,
    later: (ms: number) => {
      now += ms;
    },
    open: (mustBe = true) => addressDatabases(paths, { log, now: () => now, mustBe }),
  };
}

describe('databases of addresses', () => {
  it.each([
    ['203.0.113.7/32', { network: 'Example Telecom', asn: 64_500, country: 'DE' }],
    ['203.0.113.0/28', { network: 'Example Telecom', asn: 64_500, country: 'DE' }],
    ['203.0.113.200/32', { network: 'Example Telecom', asn: 64_500 }],
    ['203.0.113.0/24', { network: 'Example Telecom', asn: 64_500 }],
    ['203.0.112.0/23', undefined],
    ['2001:db8::7/128', { network: 'Six Net', asn: 64_501 }],
    ['198.51.100.7/32', undefined],
    ['0.0.0.0/0', undefined],
    ['aws:sg-0123456789abcdef0', undefined],
  ])('of %s say %o', async (source, known) => {
    expect(await (await files({ 'asn.mmdb': ASN, 'country.mmdb': COUNTRY }).open()).of(source)).toEqual(known);
  });

  it('of another maker are understood as well, and what has another shape says nothing', async () => {
    const lite = mmdb({
      '203.0.113.0/24': { asn: 'AS64500', as_name: 'Example Telecom', country: 'Germany', country_code: 'DE' },
      '198.51.100.0/24': { asn: 64_500, as_name: 7, country: { iso_code: 'Deutschland' } },
    });
    const known = await files({ 'lite.mmdb': lite }).open();
    expect(await known.of('203.0.113.7/32')).toEqual({ network: 'Example Telecom', asn: 64_500, country: 'DE' });
    expect(await known.of('198.51.100.7/32')).toBeUndefined();
  });

  it('that cannot be read are refused at the start, each of them in words', async () => {
    const marker = ASN.lastIndexOf(Buffer.from('MaxMind.com')) - 3;
    const why: Readonly<Record<string, readonly [content: Buffer | string, why: string]>> = {
      'asn.csv': ['network,autonomous_system_number', 'it is no MaxMind DB file (.mmdb), or its end is missing'],
      'half.mmdb': [ASN.subarray(0, ASN.length >> 1), 'it is no MaxMind DB file (.mmdb), or its end is missing'],
      'cut.mmdb': [ASN.subarray(0, -40), 'its end is damaged; fetch it again'],
      'hole.mmdb': [
        Buffer.concat([ASN.subarray(0, 60), ASN.subarray(marker)]),
        'a part of it is missing; fetch it again',
      ],
      'packed.mmdb.gz': [Buffer.from([0x1f, 0x8b, 8, 0]), 'it is compressed; unpack it'],
      'empty.mmdb': ['', 'it is empty'],
      'old.mmdb': [mmdb({ '203.0.113.0/24': 'x' }, { major: 1 }), 'it is no MaxMind DB file of version 2'],
      'big.mmdb': ['', 'it has 600000000 bytes, and 536870912 are read at most'],
      'gone.mmdb': ['', 'it is not there'],
      'folder.mmdb': ['', 'it is a folder'],
    };
    const world = files(Object.fromEntries(Object.entries(why).map(([name, [content]]) => [name, content])));
    const at = (name: string) => world.paths[Object.keys(why).indexOf(name)] as string;
    truncateSync(at('big.mmdb'), 600_000_000);
    rmSync(at('gone.mmdb'));
    rmSync(at('folder.mmdb'));
    mkdirSync(at('folder.mmdb'));
    const refused = await world.open().then(
      () => '',
      (error: JitError) => error.hint,
    );
    const lines = refused.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => line.startsWith('addressDatabases'))).toEqual(
      Object.entries(why).map(([name, [, words]]) => `addressDatabases: ${at(name)} cannot be read: ${words}`),
    );
  });

  it('that cannot be read are done without where somebody only wants to close', async () => {
    const world = files({ 'text.mmdb': 'no database', 'asn.mmdb': ASN });
    const known = await world.open(false);
    expect((await known.of('203.0.113.7/32'))?.network).toBe('Example Telecom');
    expect(world.warned).toEqual(['an address database is done without']);
  });

  it('are read anew within a minute of a change, and stay as they were where that fails', async () => {
    const world = files({ 'asn.mmdb': ASN });
    const [path = ''] = world.paths;
    const known = await world.open();
    const network = async () => (await known.of('203.0.113.7/32'))?.network;
    world.write(path, mmdb({ '203.0.113.0/24': { autonomous_system_organization: 'New Telecom' } }));
    expect(await network()).toBe('Example Telecom');
    world.later(MINUTE_MS);
    expect(await network()).toBe('New Telecom');
    world.write(path, 'half a download');
    world.later(MINUTE_MS);
    expect(await network()).toBe('New Telecom');
    world.later(MINUTE_MS);
    expect(await network()).toBe('New Telecom');
    expect(world.warned).toEqual(['a changed address database cannot be read']);
  });
});
