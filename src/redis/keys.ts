import { createHash, randomBytes } from 'node:crypto';

/** What every key begins with. The braces are a hash tag: all keys are in one slot of a Redis Cluster. */
export function baseKey(prefix: string): string {
  return `{${prefix}}`;
}

/** 96 bits of SHA-256, in 16 characters: a key of bounded length for a text of any length. */
export function short(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** 96 random bits, in 16 characters. */
export function salt(): string {
  return randomBytes(12).toString('base64url');
}
