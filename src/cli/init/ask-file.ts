import { ANSWERS, type AnswerFault } from '../../config/answers.ts';
import { badConfig } from '../../core/errors/bad-config.ts';
import { A_SECRET_FILE, type Asker, meantBy } from './asker.ts';

type Given = Readonly<Record<string, unknown>>;

/** Answers from a file, by the same checks. Throws `badConfig` with the key of what is wrong or missing, and what to write. */
export function askFile(given: Given, say: (text: string) => void): Asker {
  const asked = new Set<string>();
  const at = (key: string): unknown => {
    asked.add(key);
    return key.split('.').reduce<unknown>((part, name) => (part as Given | undefined)?.[name], given);
  };
  const fail = (key: string, message: string) => badConfig([`${key}: ${message}`], undefined, 'The file of answers');
  const scalar = (key: string, ask: string, standard?: string): string => {
    const value = at(key) ?? standard;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return value.trim();
    throw fail(key, value === undefined ? `is missing: ${ask}` : 'must be a text');
  };
  const checked = (key: string, text: string, wrong: AnswerFault): string => {
    const fault = wrong(text);
    if (fault !== undefined) throw fail(key, fault);
    return text;
  };
  return {
    text: async ({ key, ask, wrong, standard }) => checked(key, scalar(key, ask, standard), wrong),
    async secret({ key, ask, standard }) {
      const reference = scalar(key, ask, standard);
      // What stands there may be the secret itself: it is not said again.
      return { reference: checked(key, reference, (text) => (ANSWERS.reference(text) ? A_SECRET_FILE : undefined)) };
    },
    async one({ key, ask, standard, ...question }) {
      const meant = meantBy(scalar(key, ask, standard), question);
      if ('fault' in meant) throw fail(key, meant.fault);
      return meant.id;
    },
    async some({ key, ask, standard, ...question }) {
      const value = at(key);
      const all = Array.isArray(value) ? value.map(String) : scalar(key, ask, standard).split(',');
      if (all.length === 0) throw fail(key, `must have at least one: ${ask}`);
      return all.map((text) => {
        const meant = meantBy(text, question);
        if ('fault' in meant) throw fail(key, meant.fault);
        return meant.id;
      });
    },
    async yes({ key, ask, standard }) {
      const text = scalar(key, ask, String(standard));
      if (text !== 'true' && text !== 'false') throw fail(key, 'must be true or false');
      return text === 'true';
    },
    more: async ({ key }, count) => at(`${key}.${count}`) !== undefined,
    say,
    end() {
      const idle = pathsOf(given, '').filter((path) => ![...asked].some((key) => isPart(key, path)));
      if (idle.length === 0) return;
      const faults = idle.map((path) => `${path}: is not asked; remove it, or correct its name`);
      throw badConfig(faults, undefined, 'The file of answers');
    },
  };
}

function isPart(key: string, path: string): boolean {
  return path === key || path.startsWith(`${key}.`);
}

/** The dotted path of each answer. */
function pathsOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, part]) => pathsOf(part, path === '' ? name : `${path}.${name}`));
}
