import { readFile, stat } from 'node:fs/promises';
import type { Reader, Response } from 'mmdb-lib';
import { familyOf, prefixLength } from '../../src/core/rule/source.ts';

/** So often it is looked whether a file has changed. */
const LOOK_MS = 60_000;
/** The largest of today's have 150 MB; they are held in memory. */
const MOST_BYTES = 512 * 1024 * 1024;

/** What the metadata at the end begins with, and what stands between the tree and the data ("MaxMind DB File Format Specification" 2.0). */
const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const SEPARATOR = 16;

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
  const bytes = await readFile(path);
  if (bytes.length === 0) throw new Error('it is empty');
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new Error('it is compressed; unpack it');
  const metadata = bytes.lastIndexOf(MARKER);
  if (metadata < 0) throw new Error('it is no MaxMind DB file (.mmdb), or its end is missing');
  const reader = await readerOf(bytes);
  const { binaryFormatMajorVersion: version, nodeCount, searchTreeSize } = reader.metadata;
  if (version !== 2 || !(nodeCount > 0)) throw new Error('it is no MaxMind DB file of version 2');
  if (searchTreeSize + SEPARATOR > metadata) throw new Error('a part of it is missing; fetch it again');
  return reader;
}

async function readerOf(bytes: Buffer): Promise<Reader<Response>> {
  const { Reader: MmdbReader } = await import('mmdb-lib');
  try {
    return new MmdbReader<Response>(bytes);
  } catch (cause) {
    throw new Error('its end is damaged; fetch it again', { cause });
  }
}
