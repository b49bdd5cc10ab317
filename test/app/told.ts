import { phrased, plain } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Teller } from '../../src/ports/chat.ts';
import { world } from './fixtures.ts';

/** A world whose chat keeps what it told: the place, the title, and the rows. */
export function toldWorld(operators?: readonly Place[]) {
  const made = world();
  const told: string[] = [];
  const chat: typeof made.chat & Teller = Object.assign(made.chat, {
    async tell({ title, sections }: Parameters<Teller['tell']>[0], { id }: Place) {
      const rows = sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)));
      told.push([`${id} ${phrased(title)}`, ...rows].join(' | '));
    },
  });
  const deps = {
    ...made.deps,
    rules: { ...made.deps.rules, ...(operators ? { operators } : {}) },
  };
  const titles = () => told.map((text) => text.replace(/^\S+ /, '').split(' | ')[0]);
  return { ...made, deps, chat, told, titles };
}
