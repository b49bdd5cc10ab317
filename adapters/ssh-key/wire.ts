/** Reads what SSH writes (RFC 4251, section 5). Throws a RangeError for what ends too soon. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new RangeError('it ends too soon');
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  /** A string of bytes. */
  string(): Buffer {
    return this.bytes(this.uint32());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** A number that is not negative, without its leading zeros. */
  mpint(): Buffer {
    const bytes = this.string();
    if ((bytes[0] ?? 0) >= 0x80) throw new RangeError('a number is negative');
    const first = bytes.findIndex((byte) => byte !== 0);
    return first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
  }

  /** Throws where there is more. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('there is more than was to be read');
  }
}

export function wireString(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
