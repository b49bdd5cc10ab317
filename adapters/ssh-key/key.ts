import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { WireReader } from './wire.ts';

/** A public key of OpenSSH. */
export interface SshKey {
  /** As it stands in the file and in signatures: two keys are the same when these bytes are. */
  readonly blob: Buffer;
  readonly kind: 'ed25519' | 'ecdsa' | 'rsa';
  /** What it signs is hashed with, where that hangs on the key. */
  readonly hash?: 'sha256' | 'sha384' | 'sha512';
  /** The name of its signatures; those of RSA have names of their own. */
  readonly signs?: string;
  readonly key: KeyObject;
  /** Of a key in a FIDO token: what it was made for. */
  readonly application?: Buffer;
}

/** Shorter ones are not safe. */
const LEAST_RSA_BITS = 2_048;

const CURVES = {
  nistp256: { crv: 'P-256', bytes: 32, hash: 'sha256' },
  nistp384: { crv: 'P-384', bytes: 48, hash: 'sha384' },
  nistp521: { crv: 'P-521', bytes: 66, hash: 'sha512' },
} as const;

/** Reads a line such as `ssh-ed25519 AAAA… ada@laptop`. Throws for what is none. */
export function keyOf(line: string): SshKey {
  const [type = '', text = ''] = line.trim().split(/\s+/);
  const key = keyIn(Buffer.from(text, 'base64'));
  if (typeOf(key.blob) !== type) throw new RangeError('the key is of another type than the line says');
  return key;
}

/** Reads a key as it stands in signatures (RFC 4253, 5656, 8709; OpenSSH, PROTOCOL.u2f). Throws for what is none. */
export function keyIn(blob: Buffer): SshKey {
  const reader = new WireReader(blob);
  const type = reader.text();
  const key = readKey(type, reader);
  const application = type.startsWith('sk-') ? { application: reader.string() } : {};
  reader.end();
  return { blob, ...key, ...application };
}

function readKey(type: string, reader: WireReader): Omit<SshKey, 'blob'> {
  switch (type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return { kind: 'ed25519', signs: type, key: ed25519(reader.string()) };
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { signs: type, ...ecdsa(type, reader) };
    case 'ssh-rsa':
      return { kind: 'rsa', key: rsa(reader) };
    default:
      throw new RangeError('keys of this type are not taken');
  }
}

function ed25519(point: Buffer): KeyObject {
  if (point.length !== 32) throw new RangeError('the key has another length');
  return jwk({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') });
}

function ecdsa(type: string, reader: WireReader) {
  const name = reader.text() as keyof typeof CURVES;
  if (!Object.hasOwn(CURVES, name) || !type.includes(name)) throw new RangeError('the key is of another curve');
  const { crv, bytes, hash } = CURVES[name];
  const point = reader.string();
  if (point.length !== 1 + 2 * bytes || point[0] !== 4) throw new RangeError('the key is no uncompressed point');
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)];
  const key = jwk({ kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') });
  return { kind: 'ecdsa', hash, key } as const;
}

function rsa(reader: WireReader): KeyObject {
  const [e, n] = [reader.mpint(), reader.mpint()];
  if (n.length * 8 < LEAST_RSA_BITS) throw new RangeError('the key is too short');
  return jwk({ kty: 'RSA', e: e.toString('base64url'), n: n.toString('base64url') });
}

function jwk(key: Record<string, string>): KeyObject {
  return createPublicKey({ format: 'jwk', key });
}

function typeOf(blob: Buffer): string {
  return new WireReader(blob).text();
}

/** As `ssh-keygen -l` shows it. */
export function fingerprintOf({ blob }: SshKey): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
