import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, play, typedBy } from './run.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Each transcript is a whole story: what people type and press, and all that anybody sees of it. */
describe('scenarios', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  it.each(files)('%s', async (name) => {
    const { wanted, seen, twice } = await play(`${folder}${name}`);
    expect(twice, 'people who were called twice because of one milestone').toEqual([]);
    expect(seen).toBe(wanted);
  });

  it.each(files)('%s: every word that is typed is answered before the next', (name) => {
    const { steps } = parse(readFileSync(`${folder}${name}`, 'utf8'));
    const unanswered = steps.filter(({ action, expected }) => {
      const to = typedBy(action);
      return to !== undefined && !expected.some((line) => line.startsWith(to));
    });
    expect(unanswered.map(({ action }) => action)).toEqual([]);
  });

  it.each([
    'azure-asked-in-slack-approved-in-teams.txt',
    'aws-asked-in-teams-approved-in-slack.txt',
    'denied-in-teams.txt',
    'lost-replies.txt',
  ])('%s, with Teams through the Agents SDK', async (name) => {
    const { wanted, seen } = await play(`${folder}${name}`, ['sdk: agents']);
    expect(seen).toBe(wanted);
  });
});
