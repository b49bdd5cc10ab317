import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sshSignatures } from '../../../adapters/ssh-key/index.ts';
import { fingerprintOf, keyOf } from '../../../adapters/ssh-key/key.ts';
import { softKey, token } from './signing.ts';

interface Vectors {
  readonly namespace: string;
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly key: string; readonly signature: string }[];
}

/** Made by OpenSSH. */
const RECORDED = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as Vectors;
const { namespace, text } = RECORDED;

const PROGRAM = 'ssh-keygen';

/** Made now by the `ssh-keygen` of this computer; where it has none, those that were recorded. */
function fresh(): Vectors['signatures'] {
  if (spawnSync(PROGRAM, ['-?']).error) return RECORDED.signatures;
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-ssh-'));
  try {
    writeFileSync(join(folder, 'text'), text);
    return ['ed25519', 'ecdsa', 'rsa'].map((name) => {
      const run = (...words: string[]) => spawnSync(PROGRAM, ['-q', ...words], { cwd: folder });
      run('-t', name, '-N', '', '-f', name);
      run('-Y', 'sign', '-n', namespace, '-f', name, 'text');
      const signature = readFileSync(join(folder, 'text.sig'), 'utf8');
      rmSync(join(folder, 'text.sig'));
      return { name, key: readFileSync(join(folder, `${name}.pub`), 'utf8'), signature };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const check = (signature: string, keys: readonly string[], patch: { text?: string; namespace?: string } = {}) =>
  sshSignatures.check({ text, namespace, signature, ...patch }, keys);

describe('signatures of OpenSSH', () => {
  it.each([...RECORDED.signatures, ...fresh()])('of $name are right for the text, the use and the key', (one) => {
    const { key, signature } = one;
    expect(check(signature, ['ssh-ed25519 nonsense', key])).toEqual({ fingerprint: fingerprintOf(keyOf(key)) });
    expect(check(signature, [key], { text: `${text} ` })).toEqual({ why: 'wrong' });
    expect(check(signature, [key], { namespace: 'drawbridge-break-glass@elsewhere' })).toEqual({ why: 'otherUse' });
    expect(check(signature, [softKey().line])).toEqual({ why: 'unknownKey' });
    expect(check(signature, [])).toEqual({ why: 'unknownKey' });
  });

  it('have the fingerprint that ssh-keygen shows', () => {
    const key = RECORDED.signatures[0]?.key ?? '';
    expect(fingerprintOf(keyOf(key))).toBe('SHA256:WQ4bnZ68Pyr6PDomC97G5Ovoyf6SjSRmD4CzchEM5yM');
  });

  it.each(['ed25519', 'ecdsa'] as const)('of a token (%s) count where somebody touched it', (kind) => {
    const one = token(kind);
    for (let i = 0; i < 8; i += 1)
      expect(check(one.signature(text, namespace), [one.line])).toEqual({ fingerprint: expect.any(String) });
    expect(check(one.signature(text, namespace, { flags: 5 }), [one.line])).toHaveProperty('fingerprint');
    expect(check(one.signature(text, namespace, { flags: 0 }), [one.line])).toEqual({ why: 'wrong' });
    expect(check(one.signature(text, namespace, { application: 'https://a.example' }), [one.line])).toEqual({
      why: 'wrong',
    });
    expect(check(one.signature(text, namespace), [one.line], { text: '' })).toEqual({ why: 'wrong' });
  });

  it('of a key are not those of another one that is enrolled too', () => {
    const [one, other] = [softKey(), softKey()];
    const signature = one.signature(text, namespace);
    expect(check(signature, [other.line, one.line])).toHaveProperty('fingerprint');
    // The key of one in the signature of the other.
    const [, body = ''] = /-----BEGIN SSH SIGNATURE-----([\s\S]*)-----END/.exec(signature) ?? [];
    const blob = Buffer.from(body, 'base64');
    const swapped = Buffer.from(blob);
    keyOf(other.line).blob.copy(swapped, 6 + 4 + 4);
    const armour = signature.replace(body, `\n${swapped.toString('base64')}\n`);
    expect(check(armour, [other.line, one.line])).toEqual({ why: 'wrong' });
  });

  it('that cannot be read are none, whatever they are', () => {
    const { key = '', signature = '' } = RECORDED.signatures[0] ?? {};
    const [, body = ''] = /-----BEGIN SSH SIGNATURE-----([\s\S]*)-----END/.exec(signature) ?? [];
    const blob = Buffer.from(body, 'base64');
    const armour = (bytes: Buffer) => signature.replace(body, `\n${bytes.toString('base64')}\n`);
    const broken = [
      '',
      'signed',
      'x'.repeat(20_000),
      signature.replace('BEGIN', 'BEGUN'),
      signature.replace(body, '\n'),
      ...Array.from({ length: blob.length }, (_, length) => armour(blob.subarray(0, length))),
      armour(Buffer.concat([blob, Buffer.alloc(1)])),
    ];
    for (const one of broken) expect(check(one, [key])).toEqual({ why: 'unreadable' });
    // Any bit of it that is turned spoils it.
    for (let at = 0; at < blob.length; at += 1) {
      const turned = Buffer.from(blob);
      turned[at] = (turned[at] ?? 0) ^ 1;
      expect(check(armour(turned), [key])).toHaveProperty('why');
    }
  });

  it.each([
    ['DSA', 'ssh-dss AAAAB3NzaC1kc3MAAAAA'],
    ['another type than it says', RECORDED.signatures[0]?.key.replace('ssh-ed25519', 'ssh-rsa') ?? ''],
    ['nothing', ''],
    [
      'a short RSA key',
      `ssh-rsa ${Buffer.concat([Buffer.from('000000077373682d727361', 'hex'), Buffer.from('0000000101', 'hex'), Buffer.from('0000000101', 'hex')]).toString('base64')}`,
    ],
  ])('are not taken of %s', (_, line) => {
    expect(() => keyOf(line)).toThrow();
  });
});
