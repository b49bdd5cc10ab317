import { ANSWERS, type AnswerFault } from '../../config/answers.ts';
import { badConfig } from '../../core/errors/bad-config.ts';
import { A_SECRET_FILE, type Asker, type ChoiceQuestion, meantBy } from './asker.ts';

type Given = Readonly<Record<string, unknown>>;

/**
 * Answers from a file, by the same checks. What is missing or wrong is kept with its key and what to write, an empty answer
 * stands in for it, and `settle` throws `badConfig` with all of them. A choice that is none is thrown at once: what is asked
 * next depends on it.
 */
export function askFile(given: Given, say: (text: string) => void): Asker {
  const asked = new Set<string>();
  const { note, settle } = faultList();
  const at = (key: string): unknown => {
    asked.add(key);
    return key.split('.').reduce<unknown>((part, name) => (part as Given | undefined)?.[name], given);
  };
  const scalar = (key: string, ask: string, standard?: string): string | undefined => {
    const value = at(key) ?? standard;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return value.trim();
    note(key, value === undefined ? `is missing: ${ask}` : 'must be a text');
    return undefined;
  };
  const checked = (key: string, text: string | undefined, wrong: AnswerFault): string => {
    const fault = text === undefined ? undefined : wrong(text);
    if (fault !== undefined) note(key, fault);
    return text ?? '';
  };
  const chosen = (text: string, { key, choices, byHand }: ChoiceQuestion): string => {
    const meant = meantBy(text, { choices, ...(byHand ? { byHand } : {}) });
    if ('id' in meant) return meant.id;
    note(key, meant.fault);
    if (!byHand) settle();
    return '';
  };
  return {
    text: async ({ key, ask, wrong, standard }) => checked(key, scalar(key, ask, standard), wrong),
    async secret({ key, ask, standard }) {
      const reference = scalar(key, ask, standard);
      // What stands there may be the secret itself: it is not said again.
      return { reference: checked(key, reference, (text) => (ANSWERS.reference(text) ? A_SECRET_FILE : undefined)) };
    },
    async one(question) {
      const text = scalar(question.key, question.ask, question.standard);
      return text === undefined ? '' : chosen(text, question);
    },
    async some(question) {
      const { key, ask, standard } = question;
      const value = at(key);
      const all = Array.isArray(value) ? value.map(String) : (scalar(key, ask, standard)?.split(',') ?? []);
      if (Array.isArray(value) && all.length === 0) note(key, `must have at least one: ${ask}`);
      return [...new Set(all.map((text) => chosen(text, question)))];
    },
    async yes({ key, ask, standard }) {
      const text = scalar(key, ask, String(standard));
      if (text !== 'true' && text !== 'false') note(key, 'must be true or false');
      return text === 'true';
    },
    more: async ({ key }, count) => at(`${key}.${count}`) !== undefined,
    say,
    lacks: (key, what) => note(key, what),
    settle,
    end() {
      for (const path of pathsOf(given, ''))
        if (![...asked].some((key) => isPart(key, path))) note(path, 'is not asked; remove it, or correct its name');
      settle();
    },
  };
}

/** What was missing or wrong so far: `settle` throws all of it, where there is some. */
function faultList() {
  const faults: string[] = [];
  return {
    /** False: nobody can be asked once more. */
    note(key: string, message: string): boolean {
      faults.push(`${key}: ${message}`);
      return false;
    },
    settle: () => {
      if (faults.length > 0) throw badConfig(faults, undefined, 'The file of answers');
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
