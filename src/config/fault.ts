import type { z } from 'zod';

/** One thing that is wrong in drawbridge.yaml. */
export interface Fault {
  /** `policies[0].who[1]`; empty for the whole file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export const IS_MISSING = 'is missing';

/** How a list, and a section, are called. */
export const LIST = 'a list';
export const SECTION = 'a section with settings';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text (quote it if it looks like a number)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: LIST,
  object: SECTION,
  record: 'a section with names',
};

/** What zod found, in words like those of fields.ts. Undefined leaves zod its own. */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return IS_MISSING;
      return `${issue.input === null ? 'is empty, and ' : ''}must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return issue.origin === 'number' ? `must be ${issue.minimum} or more` : 'must not be empty';
    case 'too_big':
      return issue.origin === 'number'
        ? `must be ${issue.maximum} or less`
        : `must be at most ${issue.maximum} characters long`;
    case 'invalid_key':
      return `its name ${issue.issues[0]?.message ?? 'cannot be one'}`;
    default:
      return undefined;
  }
}

/** The faults of zod's issues: one for each unknown setting, at its own place. */
export function faultsOf(issues: readonly z.core.$ZodIssue[]): readonly Fault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'invalid_union') return unionFaults(issue, path);
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a setting here' }));
  });
}

/** What says of a value as a whole that it has another form. */
const SHAPELESS: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value']);

/** Of several forms, the faults of the one whose shape it has; where it has none, or words of its own, these. */
function unionFaults(issue: z.core.$ZodIssueInvalidUnion, path: Fault['path']): readonly Fault[] {
  const hasShape = (errors: readonly z.core.$ZodIssue[]) =>
    !errors.some(({ code, path: [first] }) => SHAPELESS.has(code) && first === undefined);
  const inside = issue.errors.find(hasShape);
  if (issue.message !== 'Invalid input') return [{ path, message: issue.message }];
  if (!inside) {
    const said = [...new Set(issue.errors.flatMap(([one]) => one?.message ?? []))];
    if (said.includes(IS_MISSING)) return [{ path, message: IS_MISSING }];
    const [only] = said;
    const all = `must be ${said.map((words) => words.replace(/^must be /, '')).join(' or ')}`;
    return [{ path, message: said.length === 1 && only !== undefined ? only : all }];
  }
  return faultsOf(inside).map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

/** `policies[0].who[1]`; the whole file is `drawbridge.yaml`. */
export function pathText(path: Fault['path']): string {
  if (path.length === 0) return 'drawbridge.yaml';
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part || '""' : `.${part || '""'}`))
    .join('');
}

/** Does what is wrong at `inner` stand at `outer`, or in a part of it? */
export function isWithin(inner: Fault['path'], outer: Fault['path']): boolean {
  return outer.length > 0 && outer.every((part, i) => part === inner[i]);
}

/** Each value that is there already. */
export function twice(
  values: readonly (string | undefined)[],
  path: readonly (string | number)[],
  field: string,
): Fault[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    if (value === undefined || !seen.has(value)) {
      if (value !== undefined) seen.add(value);
      return [];
    }
    return [{ path: [...path, i, field], message: `${value} is listed twice` }];
  });
}
