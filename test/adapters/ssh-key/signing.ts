import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { wireString } from '../../../adapters/ssh-key/wire.ts';

/** Keys as a FIDO token has them, and what it signs (OpenSSH, PROTOCOL.u2f and PROTOCOL.sshsig): no token is needed for tests. */
export interface Token {
  readonly line: string;
  signature(text: string, namespace: string, how?: How): string;
}

interface How {
  /** 1: somebody touched it. */
  readonly flags?: number;
  /** What it says that it was made for, when it signs. */
  readonly application?: string;
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();

/** A key without a token, for tests of whoever takes signatures. */
export function softKey(): Token {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const blob = Buffer.concat(['ssh-ed25519', point].map(wireString));
  return {
    line: `ssh-ed25519 ${blob.toString('base64')} soft@key`,
    signature: (text, namespace) => {
      const own = sign(undefined, messageOf(text, namespace), privateKey);
      return armoured(blob, namespace, Buffer.concat(['ssh-ed25519', own].map(wireString)));
    },
  };
}

export function token(kind: 'ed25519' | 'ecdsa', application = 'ssh:'): Token {
  const type = kind === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const { privateKey, publicKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const [px, py] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const parts = kind === 'ed25519' ? [px] : ['nistp256', Buffer.concat([Buffer.from([4]), px, py])];
  const blob = Buffer.concat([type, ...parts, application].map(wireString));
  return {
    line: `${type} ${blob.toString('base64')} token@key`,
    signature(text, namespace, { flags = 1, application: said = application } = {}) {
      const counter = Buffer.from([0, 0, 0, 7]);
      const seen = Buffer.concat([sha256(said), Buffer.from([flags]), counter, sha256(messageOf(text, namespace))]);
      const own = kind === 'ed25519' ? sign(undefined, seen, privateKey) : numbers(privateKey, seen);
      const signature = Buffer.concat([...[type, own].map(wireString), Buffer.from([flags]), counter]);
      return armoured(blob, namespace, signature);
    },
  };
}

function messageOf(text: string, namespace: string): Buffer {
  const digest = createHash('sha512').update(text).digest();
  return Buffer.concat([Buffer.from('SSHSIG'), ...[namespace, '', 'sha512', digest].map(wireString)]);
}

/** Two numbers of SSH: with a zero in front where they would be negative. */
function numbers(key: KeyObject, message: Buffer): Buffer {
  const both = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
  const positive = (bytes: Buffer) => ((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
  return Buffer.concat([both.subarray(0, 32), both.subarray(32)].map((part) => wireString(positive(part))));
}

function armoured(key: Buffer, namespace: string, signature: Buffer): string {
  const blob = Buffer.concat([
    Buffer.from('SSHSIG'),
    Buffer.from([0, 0, 0, 1]),
    ...[key, namespace, '', 'sha512', signature].map(wireString),
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}
