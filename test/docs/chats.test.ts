import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Proofs, unproven } from './proven.ts';

describe('what people in both chats may rely on', () => {
  const proofs: Proofs = JSON.parse(readFileSync(fileURLToPath(new URL('chats.json', import.meta.url)), 'utf8'));

  it('has tests behind each kind of it', () => {
    expect(Object.keys(proofs).length).toBeGreaterThan(30);
    expect(unproven(Object.keys(proofs), proofs, 'test/docs/chats.json')).toEqual([]);
  });
});
