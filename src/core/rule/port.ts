export type Protocol = 'tcp' | 'udp';

export interface Port {
  readonly number: number;
  readonly protocol: Protocol;
}

/** The management ports that Microsoft's recommendation looks at: SSH, RDP, WinRM over HTTP and HTTPS. */
export const MANAGEMENT_PORTS: readonly Port[] = [22, 3389, 5985, 5986].map((number) => ({ number, protocol: 'tcp' }));

const NAMES: ReadonlyMap<string, readonly number[]> = new Map([
  ['ssh', [22]],
  ['rdp', [3389]],
  ['winrm', [5985, 5986]],
  ['winrm-http', [5985]],
  ['winrm-https', [5986]],
]);

/** Reads one word: `22`, `53/udp`, `ssh`, `rdp`, `winrm` (both its ports). Undefined when it names no port. */
export function parsePort(word: string): readonly Port[] | undefined {
  const text = word.trim().toLowerCase();
  const named = NAMES.get(text);
  if (named) return named.map((number) => ({ number, protocol: 'tcp' }));
  const match = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(text);
  if (!match) return undefined;
  const number = Number(match[1]);
  if (number < 1 || number > 65_535) return undefined;
  return [{ number, protocol: match[2] === 'udp' ? 'udp' : 'tcp' }];
}

/** Sorted, each port once. */
export function uniquePorts(ports: readonly Port[]): readonly Port[] {
  const seen = new Map(ports.map((port) => [portText(port), port]));
  return [...seen.values()].sort((a, b) => a.number - b.number || a.protocol.localeCompare(b.protocol));
}

/** `22`, `53/udp`: the protocol is named only where it is not TCP. */
export function portText(port: Port): string {
  return port.protocol === 'tcp' ? String(port.number) : `${port.number}/${port.protocol}`;
}

/** `22 (SSH)` for the ports people know by name. */
export function portLabel(port: Port): string {
  const known: Readonly<Record<string, string>> = {
    '22': 'SSH',
    '3389': 'RDP',
    '5985': 'WinRM',
    '5986': 'WinRM over HTTPS',
  };
  const name = known[portText(port)];
  return name ? `${portText(port)} (${name})` : portText(port);
}

export function samePort(a: Port, b: Port): boolean {
  return a.number === b.number && a.protocol === b.protocol;
}
