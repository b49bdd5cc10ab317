import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { BuiltPage } from '../ports/board.ts';

/** Where `npm install` builds the page of the board. */
const BUILT = fileURLToPath(new URL('../../board/built', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The built page of the board, in memory and packed once; undefined where nobody built it. */
export function builtBoard(folder: string = BUILT): BuiltPage | undefined {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return undefined;
  const assets = join(folder, 'assets');
  const files = readdirSync(assets).map((name) => {
    const body = readFileSync(join(assets, name));
    return [
      name,
      { type: TYPES[extname(name)] ?? 'application/octet-stream', body, packed: gzipSync(body, { level: 9 }) },
    ] as const;
  });
  return { index: readFileSync(index, 'utf8'), files: new Map(files) };
}
