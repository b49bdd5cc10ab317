import { statSync } from 'node:fs';
import { whyUnread } from '../config/bytes.ts';
import { badConfig } from '../core/errors/bad-config.ts';

/** Whose fault it is, in words. */
export const COMMAND = 'The command';

/** Reads what somebody named on the command line. Throws `badConfig` with the path, and why it cannot be read. */
export async function readingPath<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw badConfig([`${path} ${whyUnread(cause)}`], cause, COMMAND);
    throw cause;
  }
}

/** A folder that somebody named has to be one: of what is not there, nothing would be checked. */
export async function mustBeFolder(path: string): Promise<void> {
  const found = await readingPath(path, () => statSync(path));
  if (!found.isDirectory()) throw badConfig([`${path} is no folder`], undefined, COMMAND);
}
