import { isIPv4 } from 'node:net';

/** Made by hand after the "MaxMind DB File Format Specification" 2.0: records of 24 bits, and strings, numbers, arrays and maps. */
type Value = string | number | readonly string[] | { readonly [key: string]: Value };

const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const SEPARATOR = 16;

/** A database of both families with these networks, none of which is within another: `203.0.113.0/24`. */
export function mmdb(networks: Readonly<Record<string, Value>>, { major = 2 } = {}): Buffer {
  const nodes: [Slot, Slot][] = [[undefined, undefined]];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [network, value] of Object.entries(networks)) {
    const bits = bitsOf(network);
    let node = 0;
    for (const [i, bit] of bits.entries()) {
      const pair = nodes[node] as [Slot, Slot];
      if (i === bits.length - 1) pair[bit] = { data: offset };
      else {
        const next = pair[bit];
        if (typeof next === 'number') node = next;
        else {
          nodes.push([undefined, undefined]);
          pair[bit] = node = nodes.length - 1;
        }
      }
    }
    const bytes = encoded(value);
    data.push(bytes);
    offset += bytes.length;
  }
  const tree = nodes.flatMap((pair) => pair.map((slot) => record(slot, nodes.length)));
  const metadata = {
    binary_format_major_version: major,
    binary_format_minor_version: 0,
    build_epoch: 1_790_000_000,
    database_type: 'Test',
    description: { en: 'test' },
    ip_version: 6,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 24,
  };
  return Buffer.concat([...tree, Buffer.alloc(SEPARATOR), ...data, MARKER, encoded(metadata)]);
}

/** The next node, or where its data begins; undefined: nothing is known. */
type Slot = number | { readonly data: number } | undefined;

function record(slot: Slot, nodes: number): Buffer {
  const value = slot === undefined ? nodes : typeof slot === 'number' ? slot : nodes + SEPARATOR + slot.data;
  return Buffer.from([value >> 16, (value >> 8) & 255, value & 255]);
}

/** IPv4 stands below ::/96. */
function bitsOf(network: string): readonly (0 | 1)[] {
  const [address = '', length = ''] = network.split('/');
  const bytes = isIPv4(address) ? [...Array(12).fill(0), ...address.split('.').map(Number)] : bytesOf(address);
  const bits = bytes.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((i) => ((byte >> i) & 1) as 0 | 1));
  return bits.slice(0, Number(length) + (isIPv4(address) ? 96 : 0));
}

function bytesOf(address: string): readonly number[] {
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const middle = Array(8 - groups(head).length - groups(tail).length).fill(0);
  return [...groups(head), ...middle, ...groups(tail)].flatMap((group) => [group >> 8, group & 255]);
}

const [STRING, MAP, UINT32, ARRAY] = [2, 7, 6, 11];

function encoded(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(STRING, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(UINT32, 4), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(ARRAY, value.length), ...value.map(encoded)]);
  const entries = Object.entries(value as Readonly<Record<string, Value>>);
  return Buffer.concat([
    control(MAP, entries.length),
    ...entries.flatMap(([key, one]) => [encoded(key), encoded(one)]),
  ]);
}

function control(type: number, size: number): Buffer {
  const bits = size < 29 ? [size] : [29, size - 29];
  const [first = 0, ...more] = bits;
  return Buffer.from(type > 7 ? [first, type - 7, ...more] : [(type << 5) | first, ...more]);
}
