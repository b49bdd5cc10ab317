import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { play } from './run.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Each transcript is a whole story: what people type and press, and all that anybody sees of it. */
describe('scenarios', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  it.each(files)('%s', async (name) => {
    const { wanted, seen } = await play(`${folder}${name}`);
    expect(seen).toBe(wanted);
  });
});
