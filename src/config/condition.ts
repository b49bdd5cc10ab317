import { type ASTNode, Environment, type TypeCheckResult } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { tagsNamed } from '../core/machine/tags.ts';
import { ATTRIBUTES } from '../core/people/attribute.ts';
import type { Condition, Facts } from '../core/policy/condition.ts';
import { expressionFault, negatesGroups, type Path, pathsIn, tagsIn } from './expression.ts';
import { didYouMean } from './meant.ts';

/** Longer than any condition that is fenced can take: where it happens, the answer is not used. */
const MOST_MS = 10;
/** A process that is busy with something else takes long as well, but hardly each time. */
const MOST_TRIES = 5;

const text = 'string';
const PERSON = {
  id: text,
  groups: 'list<string>',
  guest: 'bool',
  ...Object.fromEntries(ATTRIBUTES.map((one) => [one, text])),
};
const MACHINE = {
  ...Object.fromEntries(
    ['name', 'cloud', 'account', 'subscription', 'project', 'group', 'region', 'network', 'os'].map((one) => [
      one,
      text,
    ]),
  ),
  tags: 'map<string, string>',
};

/** Common Expression Language over closed data: no functions of ours but `like`, whose engine is linear. */
const LANGUAGE = new Environment({ unlistedVariablesAreDyn: false, limits: { maxAstNodes: 500, maxDepth: 50 } })
  .registerVariable('person', { schema: PERSON })
  .registerVariable('machine', { schema: MACHINE })
  .registerVariable('now', 'google.protobuf.Timestamp')
  .registerFunction('string.like(string): bool', isLike);

const patterns = new Map<string, RE2JS>();

/** Patterns are literals, so there are as many as the file has. */
function patternOf(pattern: string): RE2JS {
  const known = patterns.get(pattern) ?? RE2JS.compile(pattern);
  patterns.set(pattern, known);
  return known;
}

/** Why it is no pattern; undefined where it is one. */
export function patternFault(pattern: string): string | undefined {
  try {
    patternOf(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Is there something like the pattern in a text? It takes no longer for a bad one. */
export function isLike(text: string, pattern: string): boolean {
  return patternOf(pattern).matcher(text).find();
}

/** What is wrong with an expression, and at which of its letters; undefined where nothing is. */
export function conditionFault(expression: string): string | undefined {
  try {
    const { valid, type, error } = LANGUAGE.check(expression);
    if (!valid)
      return `${error?.summary ?? 'cannot be read'}${placeText(error?.range?.start)}${hintFor(expression, error)}`;
    if (type !== 'bool') return `must say true or false, and gives ${type}`;
    return expressionFault(LANGUAGE.parse(expression).ast, (pattern) => patternOf(pattern));
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0];
  }
}

/** What other languages write, and this one otherwise. */
const OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/[^=!<>]=[^=]|===|<>/, 'compare with == or !='],
  [/\band\b|[^&]&[^&]/i, 'write && for “and”'],
  [/\bor\b|[^|]\|[^|]/i, 'write || for “or”'],
  [/\bnot\b/i, 'write ! for “not”'],
  [/\b(?:True|False|TRUE|FALSE)\b/, 'write true or false'],
];

/** The nearest thing that can be read, for a fault: a name that there is, or how an operator is written. */
function hintFor(expression: string, error: TypeCheckResult['error']): string {
  const [, key, variable] = /^(?:No such key: (\w+)|Unknown variable: (\w+))$/.exec(error?.summary ?? '') ?? [];
  if (key !== undefined) {
    const isPerson = /person\s*\.\s*$/.test(expression.slice(0, error?.range?.start));
    const names = Object.keys(isPerson ? PERSON : MACHINE);
    return didYouMean(key, names) || `; there is ${names.join(', ')}`;
  }
  const bare = expression.replace(/"[^"]*"|'[^']*'/g, '""');
  const [, hint] = OTHERWISE.find(([sign]) => sign.test(bare)) ?? [];
  if (hint !== undefined) return `; ${hint}`;
  if (variable === undefined) return '';
  return (
    didYouMean(variable, ['person', 'machine', 'now']) || '; text is quoted, and there is person, machine, and now'
  );
}

function placeText(at: number | undefined): string {
  return at === undefined ? '' : ` (at letter ${at + 1})`;
}

/** The condition of an expression without faults. */
export function conditionOf(expression: string): Condition {
  const run = LANGUAGE.parse(expression);
  const ast: ASTNode = run.ast;
  const paths = pathsIn(ast);
  const named = tagsIn(ast);
  return {
    text: expression,
    negatesGroups: negatesGroups(ast),
    holds(facts) {
      const tags = tagsNamed(facts.cloud, facts.tags, named);
      // NB. `||` swallows errors in this language: what is not there is looked for before, not caught.
      const missing = paths.find((path) => !isThere({ ...facts, tags }, path));
      if (missing) return { unknown: nameOf(missing) };
      const given = {
        person: defined(facts.person),
        machine: { ...defined(facts.machine), tags },
        now: new Date(facts.now),
      };
      try {
        for (let tries = 0; tries < MOST_TRIES; tries += 1) {
          const from = performance.now();
          const said: unknown = run(given);
          if (typeof said !== 'boolean') break;
          if (performance.now() - from <= MOST_MS) return said;
        }
      } catch {
        // Said below.
      }
      return { unknown: 'result of its condition' };
    },
  };
}

function defined(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function isThere(facts: Facts, { root, field, tag }: Path): boolean {
  if (tag !== undefined) return Object.hasOwn(facts.tags, tag);
  if (root === 'machine' && field === 'tags') return true;
  return root === 'person' ? facts.person[field] !== undefined : facts.machine[field] !== undefined;
}

function nameOf({ root, field, tag }: Path): string {
  return tag === undefined ? `${field} of the ${root}` : `tag ${tag} of the machine`;
}
