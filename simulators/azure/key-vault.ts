import { randomBytes } from 'node:crypto';
import { Refusal } from './errors.ts';
import type { Call, Route } from './route.ts';

interface Version {
  readonly id: string;
  readonly value: string;
  readonly createdMs: number;
  isEnabled: boolean;
}

/** What keeps everybody out of a vault, by the inner code of its error ("REST API error codes"). */
export type VaultBar = 'ForbiddenByRbac' | 'AccessDenied' | 'ForbiddenByFirewall' | 'ForbiddenByConnection';

/** The secrets of one vault, which is at the origin of the simulator. */
export class Vault {
  readonly #secrets = new Map<string, Version[]>();
  readonly #now: () => number;
  /** Nobody gets in while it is set. */
  bar: VaultBar | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new version, which is the current one; gives its ID. */
  set(name: string, value: string): string {
    const id = randomBytes(16).toString('hex');
    const made = { id, value, createdMs: this.#now(), isEnabled: true };
    this.#secrets.set(name.toLowerCase(), [...(this.#secrets.get(name.toLowerCase()) ?? []), made]);
    return id;
  }

  /** The current version can be read no more. */
  disable(name: string): void {
    const current = this.#secrets.get(name.toLowerCase())?.at(-1);
    if (current) current.isEnabled = false;
  }

  remove(name: string): void {
    this.#secrets.delete(name.toLowerCase());
  }

  /** "Get Secret". */
  read(name: string, version: string | undefined, vault: string): unknown {
    if (this.bar) throw forbidden(this.bar, 'The caller may not do this.');
    const all = this.#secrets.get(name.toLowerCase()) ?? [];
    const found = version === undefined ? all.at(-1) : all.find(({ id }) => id === version);
    if (!found) {
      const message = `A secret with (name/id) ${name}${version === undefined ? '' : `/${version}`} was not found in this key vault.`;
      throw new Refusal(404, 'SecretNotFound', message);
    }
    if (!found.isEnabled) throw forbidden('SecretDisabled', 'Operation get is not allowed on a disabled secret.');
    const created = Math.floor(found.createdMs / 1_000);
    return {
      value: found.value,
      id: `${vault}/secrets/${name}/${found.id}`,
      attributes: { enabled: true, created, updated: created, recoveryLevel: 'Recoverable+Purgeable' },
    };
  }
}

function forbidden(inner: string, message: string): Refusal {
  return new Refusal(403, 'Forbidden', message, {}, { innererror: { code: inner } });
}

/** "Get Secret" of the data plane, with and without a version. */
export function vaultRoutes(vault: Vault, origin: () => string): readonly Route[] {
  const get = (path: string, versionOf: (call: Call) => string | undefined): Route => ({
    operation: 'GetSecret',
    area: 'vault',
    method: 'GET',
    path,
    apiVersion: '7.4',
    handle: (call) => ({
      status: 200,
      body: vault.read(call.param('name'), versionOf(call), origin()),
      note: call.param('name'),
    }),
  });
  return [get('/secrets/{name}', () => undefined), get('/secrets/{name}/{version}', (call) => call.param('version'))];
}
