import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { MarkKey } from './mark.ts';

/** Signs texts that this installation keeps where others could write, and knows its own again. */
export interface Sealer {
  sign(text: string): string;
  verify(text: string, seal: string): boolean;
}

const SHAPE = /^ds1\.([a-z0-9]{1,8})\.([A-Za-z0-9_-]{43})$/;

/** A sealer for one installation and one use, with the keys of its marks: no seal is good as a mark, or for another use. */
export function sealer(installation: string, use: string, keys: readonly [MarkKey, ...MarkKey[]]): Sealer {
  const hmac = (key: MarkKey, text: string) =>
    createHmac('sha256', key.secret)
      .update(JSON.stringify(['ds1', use, key.id, installation, text]))
      .digest('base64url');
  return {
    sign: (text) => `ds1.${keys[0].id}.${hmac(keys[0], text)}`,
    verify(text, seal) {
      const [, id, tag = ''] = SHAPE.exec(seal) ?? [];
      const key = keys.find((one) => one.id === id);
      return key !== undefined && timingSafeEqual(Buffer.from(tag), Buffer.from(hmac(key, text)));
    },
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
