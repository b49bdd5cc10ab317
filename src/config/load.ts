import { basename } from 'node:path';
import { badConfig } from '../core/errors/bad-config.ts';
import { withBuiltInSources } from './built-in-sources.ts';
import { type FileText, textOfFile, whyUnread } from './bytes.ts';
import { crossCheck } from './check.ts';
import { type Fault, faultsOf, IS_MISSING, isWithin, pathText, wording } from './fault.ts';
import { knownOf } from './lenient.ts';
import { followsBeside, followsFrom } from './meant.ts';
import { referenceFaults } from './references.ts';
import { type Config, configSchema } from './schema.ts';
import { spaced } from './spaces.ts';
import { suggested } from './suggest.ts';
import { warningsOf } from './warnings.ts';
import { readYaml } from './yaml.ts';

/** The configuration with what may not be meant so, or every fault in it at once. Each has its line. */
export type Read =
  | { readonly config: Config; readonly warnings: readonly string[] }
  | { readonly faults: readonly string[] };

/** Nobody reads on; and each is compared with all others. */
const MOST_FAULTS = 100;
const MOST_LETTERS = 500;
/** Stands for all faults beyond these. */
export const MORE_FAULTS = 'and more, which are told when these are mended';

/**
 * Reads and checks the text of a drawbridge.yaml. Secrets are still references.
 *
 * @param resolve also looks whether secrets and files are there: where it runs, not where it is written
 */
export function readConfig(text: string, { resolve = false }: { readonly resolve?: boolean } = {}): Read {
  const { faults: first, readings } = spaced(text);
  const [reading, ...others] = readings;
  // Of what it may be meant to be, the one with the least that is wrong.
  const read = others.reduce(
    (best, other) => (isRight(best) ? best : better(best, readText(other, resolve))),
    readText(reading, resolve),
  );
  if (first.length === 0) return read;
  return { faults: few([...first, ...(isRight(read) ? [] : read.faults)]) };
}

function isRight(read: Read): read is Extract<Read, { readonly config: Config }> {
  return 'config' in read;
}

function better(one: Read, other: Read): Read {
  if (isRight(other)) return other;
  return !isRight(one) && other.faults.length < one.faults.length ? other : one;
}

function readText(text: string, resolve: boolean): Read {
  const { value: written, faults: broken, lineOf, isOut, holdsOut } = readYaml(text);
  if (written === undefined) return { faults: few(broken) };
  const value = withBuiltInSources(written);
  const parsed = configSchema.safeParse(value, { error: wording });
  const wrong = parsed.success ? [] : faultsOf(parsed.error.issues).slice(0, MOST_FAULTS + 1);
  const format = wrong.find(({ path }) => path.length === 1 && path[0] === 'version');
  // What else is wrong is so by this format, and may be right by that of the file.
  if (format && isOtherFormat(value)) return { faults: [`version: ${format.message}${lineText(lineOf(['version']))}`] };
  const known = parsed.success ? parsed.data : knownOf(value);
  const told = suggested(wrong, [], value);
  const lost = [...told.flatMap(sectionLost), ...broken.map((fault) => fault.slice(0, fault.indexOf(':')))];
  // What follows from a setting that is wrong itself is not said again.
  const more = (known ? crossCheck(known) : []).filter(
    ({ path, message }) =>
      !wrong.some((other) => isWithin(other.path, path)) &&
      !holdsOut(path.slice(0, -1)) &&
      !told.some((other) => followsBeside({ path, message }, other)) &&
      !lost.some((section) => followsFrom(message, section)),
  );
  const lacking = parsed.success && resolve ? referenceFaults(parsed.data) : [];
  const faults = [...suggested(wrong, more, value), ...lacking].filter(
    ({ path, message }) =>
      !isOut(path) &&
      !(path.length === 0 && broken.length > 0) &&
      !(message.startsWith(IS_MISSING) && holdsOut(path.slice(0, -1))),
  );
  const said = ({ path, message }: Fault) => `${pathText(path)}: ${message}${lineText(lineOf(path))}`;
  if (parsed.success && faults.length === 0 && broken.length === 0)
    return { config: parsed.data, warnings: warningsOf(parsed.data).map(said) };
  return { faults: few([...broken, ...faults.map(said)].slice(0, MOST_FAULTS + 1)) };
}

function isOtherFormat(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number';
}

/** The section that is not read because of a fault: it is wrong as a whole, or its name is. */
function sectionLost({ path, message }: Fault): readonly string[] {
  const [, meant] = /did you mean (.+)\?$/.exec(message) ?? [];
  return path.length === 1 ? [String(path[0]), ...(meant === undefined ? [] : [meant])] : [];
}

function lineText(line: number | undefined): string {
  return line === undefined ? '' : ` (line ${line})`;
}

function few(all: readonly string[]): readonly string[] {
  const faults = all.map((fault) => (fault.length > MOST_LETTERS ? `${fault.slice(0, MOST_LETTERS)}…` : fault));
  if (faults.length <= MOST_FAULTS) return faults;
  return [...faults.slice(0, MOST_FAULTS), MORE_FAULTS];
}

/** A configuration that is right, what may not be meant so in it, and its text. */
export interface Checked {
  readonly config: Config;
  readonly warnings: readonly string[];
  readonly text: string;
}

/**
 * The checked configuration of a file, whose secrets are there: those of secret stores as far as they were fetched (`src/configuration.ts`).
 * When `offline`, secrets and files are not looked for. `badConfig` with every fault and its path.
 */
export function checkedConfig(file: string, { offline = false }: { readonly offline?: boolean } = {}): Checked {
  const given = textIn(file);
  const read = 'fault' in given ? { faults: [given.fault] } : readConfig(given.text, { resolve: !offline });
  if ('config' in read && 'text' in given) return { ...read, text: given.text };
  throw badConfig(
    'faults' in read ? read.faults.map((fault) => fault.replace(/^drawbridge\.yaml:/, `${basename(file)}:`)) : [],
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: '`npx jit init` writes one, or ',
  EACCES: 'run this as the user that Drawbridge runs as, or ',
};

function textIn(file: string): FileText {
  try {
    return textOfFile(file);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const remedy = REMEDIES[code] ?? '';
    throw badConfig([`${file} ${whyUnread(cause)}; ${remedy}name another file with --config`], cause);
  }
}
