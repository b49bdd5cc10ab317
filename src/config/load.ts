import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { JitError } from '../core/errors.ts';
import { crossCheck, type Fault } from './check.ts';
import { type Config, configSchema } from './schema.ts';

/** The configuration, or every fault in it at once. */
export type Read = { readonly config: Config } | { readonly faults: readonly string[] };

/** Reads and checks the text of a drawbridge.yaml. Secrets are still references. */
export function readConfig(text: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) return { faults: document.errors.map((error) => error.message.split('\n')[0] ?? '') };
  const parsed = configSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  const faults: readonly Fault[] = parsed.success
    ? crossCheck(parsed.data)
    : parsed.error.issues.map((issue) => ({
        path: issue.path.filter((part) => typeof part !== 'symbol'),
        message: issue.message,
      }));
  if (parsed.success && faults.length === 0) return { config: parsed.data };
  return { faults: faults.map((fault) => `${pathText(fault.path)}: ${fault.message}${lineText(fault.path)}`) };

  /** The line of the nearest thing on the path that stands in the file. */
  function lineText(path: Fault['path']): string {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return ` (line ${lines.linePos(node.range[0]).line})`;
    }
    return '';
  }
}

/** The checked configuration of a file. `badConfig` with every fault and its path. */
export function loadConfig(file: string): Config {
  const read = readConfig(readText(file));
  if ('config' in read) return read.config;
  throw new JitError('badConfig', {
    count: read.faults.length,
    faults: `\n${read.faults.map((fault) => `  ${fault}`).join('\n')}`,
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JitError(
      'badConfig',
      { count: 1, faults: `\n  ${file} cannot be read; give another with --config` },
      { cause },
    );
  }
}

/** `policies[0].who[1]`; the whole file is `drawbridge.yaml`. */
function pathText(path: Fault['path']): string {
  if (path.length === 0) return 'drawbridge.yaml';
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
