import dns, { type LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';

/**
 * Loaded into a process before everything else (`--import`): the file NAMES has addresses by name, as JSON. A name that is not in it is asked
 * of the system as ever; one without an address is not found.
 */
const { NAMES: file } = process.env;
const { lookup } = dns;

type Done = (error: NodeJS.ErrnoException | null, address?: string | LookupAddress[], family?: number) => void;

function addressOf(name: string): string | null | undefined {
  if (file === undefined) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | null>)[name];
}

dns.lookup = ((name: string, ...rest: readonly unknown[]) => {
  const found = addressOf(name);
  if (found === undefined) return (lookup as (...all: readonly unknown[]) => void)(name, ...rest);
  const done = rest.at(-1) as Done;
  const { all } = (rest.length > 1 ? rest[0] : {}) as { readonly all?: boolean };
  setImmediate(() => {
    if (found === null)
      return done(
        Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
      );
    return all ? done(null, [{ address: found, family: 4 }]) : done(null, found, 4);
  });
}) as typeof dns.lookup;
