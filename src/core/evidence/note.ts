import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** A text with signatures, as C2SP has it (signed-note), with Ed25519. Whoever has the public key can check it with other tools, too. */
export interface NoteSigner {
  /** The public key: `<name>+<id>+<base64>`. */
  readonly vkey: string;
  /** `text` ends with a line feed. */
  sign(text: string): string;
}

export interface NoteVerifier {
  readonly vkey: string;
  readonly name: string;
  readonly id: string;
  readonly key: KeyObject;
}

const ED25519 = 1;
/** What stands before the 32 bytes of a private key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;
const SIGNATURE = /^— (\S+) ([A-Za-z0-9+/=]+)$/;

/** A signer from 32 secret bytes, in base64 or base64url. Undefined where it is none. */
export function noteSigner(name: string, seed: string): NoteSigner | undefined {
  const bytes = Buffer.from(seed, 'base64');
  if (bytes.length !== SEED_BYTES) return undefined;
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, bytes]), format: 'der', type: 'pkcs8' });
  const raw = rawOf(createPublicKey(key));
  const id = keyId(name, raw);
  return {
    vkey: `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.of(ED25519), raw]).toString('base64')}`,
    sign(text) {
      const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64');
      return `${text}\n— ${name} ${signature}\n`;
    },
  };
}

/** A public key as `vkey` writes it; undefined for what is none. */
export function noteVerifier(vkey: string): NoteVerifier | undefined {
  const [, name = '', id = '', coded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim()) ?? [];
  const bytes = Buffer.from(coded, 'base64');
  if (bytes.length !== SEED_BYTES + 1 || bytes[0] !== ED25519) return undefined;
  const raw = bytes.subarray(1);
  if (keyId(name, raw).toString('hex') !== id) return undefined;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  return { vkey: vkey.trim(), name, id, key };
}

/** Keys are named by what they sign for: `drawbridge/<installation>`. */
export function isKeyOf(vkey: string, installation: string): boolean {
  return vkey.startsWith(`drawbridge/${installation}+`);
}

/** What a note says, and how it is signed: `wrong` is a known key whose signature is not that of this text. */
export interface NoteRead {
  readonly text: string;
  readonly state: 'signed' | 'wrong' | 'unknown';
  /** The key that signed it, where it is known. */
  readonly by?: string;
}

/** Undefined for what is no note. */
export function readNote(note: string, verifiers: readonly NoteVerifier[]): NoteRead | undefined {
  const at = note.lastIndexOf('\n\n— ');
  if (at < 0) return undefined;
  const text = note.slice(0, at + 1);
  let by: string | undefined;
  for (const line of note.slice(at + 2).split('\n')) {
    const [, name, coded = ''] = SIGNATURE.exec(line) ?? [];
    const bytes = Buffer.from(coded, 'base64');
    const id = bytes.subarray(0, 4).toString('hex');
    const known = verifiers.find((one) => one.name === name && one.id === id);
    if (!known) continue;
    if (!verify(null, Buffer.from(text), known.key, bytes.subarray(4))) return { text, state: 'wrong', by: known.vkey };
    by ??= known.vkey;
  }
  return by === undefined ? { text, state: 'unknown' } : { text, state: 'signed', by };
}

function rawOf(key: KeyObject): Buffer {
  return Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
}

function keyId(name: string, raw: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), raw]);
  return hash('sha256', bytes, 'buffer').subarray(0, 4);
}
