import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Source {
  /** Its path in the repository: `src/core/rule/plan.ts`. */
  readonly file: string;
  readonly text: string;
}

/** Every TypeScript and JavaScript file of some top folders. */
export function readSources(folders: readonly string[]): readonly Source[] {
  return (
    globSync(
      folders.map((folder) => `${folder}/**/*.{ts,tsx,js}`),
      { cwd: root },
    )
      // What is built is read by browsers alone.
      .filter((file) => !file.startsWith('board/built/'))
      .sort()
      .map((file) => ({ file, text: readFileSync(`${root}/${file}`, 'utf8') }))
  );
}
