import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * The first of these programs that can be run from PATH.
 *
 * @param names program names, the preferred one first
 * @param path the text of PATH; another one is for tests
 */
export async function findOnPath(names: readonly string[], path = process.env.PATH ?? ''): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      if (folder === '') continue;
      const file = join(folder, name);
      if (
        await access(file, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return file;
    }
  }
  return undefined;
}
