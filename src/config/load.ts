import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { badConfig } from '../core/errors/bad-config.ts';
import { crossCheck } from './check.ts';
import { type Fault, faultsOf, isWithin, pathText, wording } from './fault.ts';
import { knownOf } from './lenient.ts';
import { referenceFaults } from './references.ts';
import { type Config, configSchema } from './schema.ts';
import { warningsOf } from './warnings.ts';

/** The configuration with what may not be meant so, or every fault in it at once. Each has its line. */
export type Read =
  | { readonly config: Config; readonly warnings: readonly string[] }
  | { readonly faults: readonly string[] };

/** Nobody reads on; and each is compared with all others. */
const MOST_FAULTS = 100;
const MOST_LETTERS = 500;

/**
 * Reads and checks the text of a drawbridge.yaml. Secrets are still references.
 *
 * @param resolve also looks whether secrets and files are there: where it runs, not where it is written
 */
export function readConfig(text: string, { resolve = false }: { readonly resolve?: boolean } = {}): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0)
    return { faults: few(document.errors.map((error) => (error.message.split('\n')[0] ?? '').replace(/:$/, ''))) };
  const raw = toValue(document);
  if ('fault' in raw) return { faults: [raw.fault] };
  const parsed = configSchema.safeParse(raw.value, { error: wording });
  const wrong = parsed.success ? [] : faultsOf(parsed.error.issues).slice(0, MOST_FAULTS + 1);
  const known = parsed.success ? parsed.data : knownOf(raw.value);
  // What follows from a setting that is wrong itself is not said again.
  const more = (known ? crossCheck(known) : []).filter(
    ({ path }) => !wrong.some((other) => isWithin(other.path, path)),
  );
  const faults = [...wrong, ...more, ...(parsed.success && resolve ? referenceFaults(parsed.data) : [])];
  const said = ({ path, message }: Fault) => `${pathText(path)}: ${message}${lineText(path)}`;
  if (parsed.success && faults.length === 0)
    return { config: parsed.data, warnings: warningsOf(parsed.data).map(said) };
  return { faults: few(faults.slice(0, MOST_FAULTS + 1).map(said)) };

  /** The line of the nearest thing on the path that stands in the file. */
  function lineText(path: Fault['path']): string {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return ` (line ${lines.linePos(node.range[0]).line})`;
    }
    return '';
  }
}

function few(all: readonly string[]): readonly string[] {
  const faults = all.map((fault) => (fault.length > MOST_LETTERS ? `${fault.slice(0, MOST_LETTERS)}…` : fault));
  if (faults.length <= MOST_FAULTS) return faults;
  return [...faults.slice(0, MOST_FAULTS), 'and more, which are told when these are mended'];
}

/** The document as plain values. Aliases are looked up only here, and may lead nowhere. */
function toValue(document: Document): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

/** The checked configuration of a file, whose secrets are there. `badConfig` with every fault and its path. */
export function loadConfig(file: string): Config {
  return checkedConfig(file).config;
}

/** The same, with what may not be meant so. When `offline`, secrets and files are not looked for. */
export function checkedConfig(
  file: string,
  { offline = false }: { readonly offline?: boolean } = {},
): { readonly config: Config; readonly warnings: readonly string[] } {
  const read = readConfig(readText(file), { resolve: !offline });
  if ('config' in read) return read;
  throw badConfig(read.faults);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw badConfig([`${file} cannot be read; name another file with --config`], cause);
  }
}
