import { posix } from 'node:path';
import type { Source } from './sources.ts';

/** One import (or `export … from`, or `import()`) of a file. */
export interface Import {
  readonly from: string;
  /** The imported file's path in the repository, when it is one of ours. */
  readonly file?: string;
  /** Otherwise the package, or `node:…`. */
  readonly library?: string;
  /** Types alone: gone when the program runs. */
  readonly isType: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const CALL = /(?<!^\s*(?:\/\/|\*).*)(?<![\w'])import\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** The imports of a file, in its order: statements first, then calls. */
export function importsOf({ file, text }: Source): readonly Import[] {
  const statements = [...text.matchAll(STATEMENT)].map(([, type, target]) => ({ target, isType: type !== undefined }));
  const calls = [...text.matchAll(CALL)].map(([, target]) => ({ target, isType: false }));
  return [...statements, ...calls].map(({ target = '', isType }) => ({
    from: file,
    isType,
    ...resolved(file, target),
  }));
}

function resolved(file: string, target: string): { readonly file: string } | { readonly library: string } {
  if (target.startsWith('.')) return { file: posix.join(posix.dirname(file), target) };
  const parts = target.split('/');
  if (target.startsWith('node:')) return { library: target };
  return { library: parts.slice(0, target.startsWith('@') ? 2 : 1).join('/') };
}
