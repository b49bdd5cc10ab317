import { createHash, verify } from 'node:crypto';
import type { Signatures, Signed } from '../../src/ports/signatures.ts';
import { fingerprintOf, keyIn, keyOf, type SshKey } from './key.ts';
import { WireReader, wireString } from './wire.ts';

const ARMOUR = /^\s*-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)-----END SSH SIGNATURE-----\s*$/;
/** Far longer than any of a key that is taken. */
const LONGEST = 16_000;
const MAGIC = Buffer.from('SSHSIG');
/** "User presence": somebody touched the token (OpenSSH, PROTOCOL.u2f). */
const TOUCHED = 1;

/** Checks signatures that `ssh-keygen -Y sign` made (OpenSSH, PROTOCOL.sshsig). */
export const sshSignatures: Signatures = {
  check(signed, lines) {
    const signature = read(signed.signature);
    if (!signature) return { why: 'unreadable' };
    if (signature.namespace !== signed.namespace) return { why: 'otherUse' };
    const key = lines.flatMap(readable).find(({ blob }) => blob.equals(signature.key));
    if (!key) return { why: 'unknownKey' };
    return isRight(key, signature, signed.text) ? { fingerprint: fingerprintOf(key) } : { why: 'wrong' };
  },
};

interface Signature {
  readonly key: Buffer;
  readonly namespace: string;
  readonly reserved: Buffer;
  readonly hash: 'sha256' | 'sha512';
  readonly blob: Buffer;
}

function read(text: string): Signature | undefined {
  if (text.length > LONGEST) return undefined;
  const [, body] = ARMOUR.exec(text) ?? [];
  if (body === undefined) return undefined;
  try {
    const reader = new WireReader(Buffer.from(body, 'base64'));
    if (!reader.bytes(MAGIC.length).equals(MAGIC) || reader.uint32() !== 1) return undefined;
    const [key, namespace, reserved, hash, blob] = [
      reader.string(),
      reader.string().toString('utf8'),
      reader.string(),
      reader.text(),
      reader.string(),
    ];
    reader.end();
    if (hash !== 'sha256' && hash !== 'sha512') return undefined;
    // What nobody can read is no key either.
    keyIn(key);
    return { key, namespace, reserved, hash, blob };
  } catch {
    return undefined;
  }
}

/** A line that cannot be read is nobody's key. */
function readable(line: string): readonly SshKey[] {
  try {
    return [keyOf(line)];
  } catch {
    return [];
  }
}

function isRight(key: SshKey, signature: Signature, text: Signed['text']): boolean {
  const { namespace, reserved, hash, blob } = signature;
  const digest = createHash(hash).update(text).digest();
  const message = Buffer.concat([MAGIC, ...[namespace, reserved, hash, digest].map(wireString)]);
  try {
    const reader = new WireReader(blob);
    const name = reader.text();
    const own = reader.string();
    const by = key.application ? tokenMessage(reader, key.application, message) : message;
    reader.end();
    return by !== undefined && verified(key, name, own, by);
  } catch {
    return false;
  }
}

/** What a FIDO token signs in place of the message; undefined where nobody touched it. */
function tokenMessage(reader: WireReader, application: Buffer, message: Buffer): Buffer | undefined {
  const flags = reader.bytes(1);
  const counter = reader.bytes(4);
  if (((flags[0] ?? 0) & TOUCHED) === 0) return undefined;
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  return Buffer.concat([sha256(application), flags, counter, sha256(message)]);
}

function verified({ kind, key, hash, signs }: SshKey, name: string, signature: Buffer, message: Buffer): boolean {
  switch (kind) {
    case 'ed25519':
      return name === signs && verify(undefined, message, key, signature);
    case 'ecdsa':
      return name === signs && verify(hash, message, { key, dsaEncoding: 'der' }, derOf(signature));
    case 'rsa':
      // SHA-1 (`ssh-rsa`) is not taken.
      if (name !== 'rsa-sha2-256' && name !== 'rsa-sha2-512') return false;
      return verify(name.replace('rsa-sha2-', 'sha'), message, key, signature);
  }
}

/** Two numbers of SSH as OpenSSL reads them. */
function derOf(signature: Buffer): Buffer {
  const reader = new WireReader(signature);
  const numbers = [reader.mpint(), reader.mpint()].map((bytes) => {
    const positive = (bytes[0] ?? 0x80) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
    return tagged(0x02, positive);
  });
  reader.end();
  return tagged(0x30, Buffer.concat(numbers));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  return Buffer.concat([Buffer.from(length < 0x80 ? [tag, length] : [tag, 0x81, length]), content]);
}
