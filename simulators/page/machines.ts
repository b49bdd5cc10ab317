export type CloudName = 'azure' | 'aws' | 'gcp';

/** One rule of a group, in words that fit both clouds. */
export interface RuleView {
  /** The same for the same rule for as long as it exists. */
  readonly key: string;
  /** Azure judges in this order; AWS has no order. */
  readonly priority?: number;
  readonly name: string;
  readonly access: 'allow' | 'deny';
  /** `22`, `22, 3389`, `8000-8080` or `any`. */
  readonly ports: string;
  readonly source: string;
  /** Who wrote it; of ours, by which way. */
  readonly writer: string;
  /** Drawbridge opened it. */
  readonly ours: boolean;
  /** UTC ms of the end of one of ours. */
  readonly endMs?: number;
  /** A port that is opened just in time everywhere else, open to everybody: in words. */
  readonly alarm?: string;
  /** Why it does nothing here, although it seems to. */
  readonly aside?: string;
}

/** A network security group or a security group. */
export interface GroupView {
  readonly id: string;
  readonly name: string;
  /** What it stands in front of. */
  readonly where: string;
  readonly rules: readonly RuleView[];
}

export interface MachineView {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly address: string;
  readonly running: boolean;
  /** Ports that are closed unless somebody asks; none when the machine is not protected. */
  readonly protectedPorts: readonly number[];
  readonly groups: readonly GroupView[];
}

/** Ports that Defender for Cloud recommends to open just in time only. */
const MANAGEMENT_PORTS = [22, 3389, 5985, 5986];
const EVERYBODY = ['*', 'any', 'internet', '0.0.0.0/0', '::/0'];

/** From when to when a port text (`22`, `20-25`, `*`) reaches. */
function reach(text: string): readonly [number, number] {
  if (text === '*') return [0, 65_535];
  const [from = 0, to = from] = text.split('-').map(Number);
  return [from, to];
}

/** The management ports among some port texts. */
export function managementPorts(texts: readonly string[]): readonly number[] {
  const ranges = texts.map(reach);
  return MANAGEMENT_PORTS.filter((port) => ranges.some(([from, to]) => from <= port && port <= to));
}

/** `203.0.113.7` for the prefix of that one address. */
export const oneAddress = (source: string): string => source.replace(/\/(32|128)$/, '');

export const isEverybody = (source: string): boolean => EVERYBODY.includes(source.toLowerCase());

/** What is said of a rule that opens management ports to everybody. */
export const alarmFor = (ports: readonly number[]): string | undefined =>
  ports.length === 0 ? undefined : `open to everyone on ${ports.join(', ')}`;
