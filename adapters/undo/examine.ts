import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Diagnosis } from '../../src/core/view/doctor-page.ts';
import type { Examiner } from '../../src/ports/examiner.ts';

/** A folder that is written to when it is needed, by the setting that names it. */
interface Folder {
  readonly setting: string;
  readonly path: string;
}

/** Looks whether these folders, or the first folder above that is there, can be written. Writes nothing. */
export function folderExaminer(folders: readonly Folder[]): Examiner {
  return { examine: () => Promise.all(folders.map(lookAt)) };
}

async function lookAt({ setting, path }: Folder): Promise<Diagnosis> {
  const what = `${setting} ${path}`;
  try {
    await access(await present(resolve(path)), constants.W_OK | constants.X_OK);
    return { of: 'Disk', what, verdict: 'fine' };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return {
      of: 'Disk',
      what,
      verdict: 'fault',
      means: `It cannot be written (${code}).`,
      remedy: `Let the user that runs Drawbridge write there, or change \`${setting}\`.`,
    };
  }
}

async function present(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
  return found || dirname(path) === path ? path : present(dirname(path));
}
