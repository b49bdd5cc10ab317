import { readFile, stat } from 'node:fs/promises';
import type { Reader, Response } from 'mmdb-lib';
import { familyOf, prefixLength } from '../../src/core/rule/source.ts';

/** So often it is looked whether a file has changed. */
const LOOK_MS = 60_000;
/** The largest of today's have 150 MB; they are held in memory. */
const MOST_BYTES = 512 * 1024 * 1024;

/** One database on disk, read anew once the file has changed. */
export class DatabaseFile {
  readonly path: string;
  readonly #now: () => number;
  #reader: Reader<Response>;
  #version: string;
  #lookedAt: number;

  /** Throws what keeps it from being read. */
  static async open(path: string, now: () => number): Promise<DatabaseFile> {
    const version = await versionOf(path);
    return new DatabaseFile(path, { now, version, reader: await read(path) });
  }

  private constructor(
    path: string,
    {
      now,
      version,
      reader,
    }: { readonly now: () => number; readonly version: string; readonly reader: Reader<Response> },
  ) {
    this.path = path;
    this.#now = now;
    this.#version = version;
    this.#reader = reader;
    this.#lookedAt = now();
  }

  /** Takes up a changed file, once a minute at most. One that cannot be read is told once, and the one before it stays. */
  async refresh(failed: (error: unknown) => void): Promise<void> {
    if (this.#now() - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = this.#now();
    try {
      const version = await versionOf(this.path);
      if (version === this.#version) return;
      this.#version = version;
      this.#reader = await read(this.path);
    } catch (error) {
      failed(error);
    }
  }

  /** The record of a canonical source, where all of it is in the network of one; undefined elsewhere. */
  find(source: string): unknown {
    const isIpv4 = familyOf(source) === 'ipv4';
    if (!isIpv4 && this.#reader.metadata.ipVersion === 4) return undefined;
    const [record, length] = this.#reader.getWithPrefixLength(source.split('/')[0] ?? '');
    // In a database of both families, IPv4 stands below ::/96.
    const own = isIpv4 && length > 32 ? length - 96 : length;
    return own <= prefixLength(source) ? (record ?? undefined) : undefined;
  }
}

async function versionOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, and ${MOST_BYTES} are read at most`);
  return `${ino} ${mtimeMs} ${size}`;
}

async function read(path: string): Promise<Reader<Response>> {
  const { Reader: MmdbReader } = await import('mmdb-lib');
  const reader = new MmdbReader<Response>(await readFile(path));
  const { binaryFormatMajorVersion: version, nodeCount } = reader.metadata;
  if (version !== 2 || !(nodeCount > 0)) throw new Error('it is no MaxMind DB file of version 2');
  return reader;
}
