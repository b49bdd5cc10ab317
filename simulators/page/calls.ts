import type { AwsSimulator } from '../aws/index.ts';
import type { AzureSimulator } from '../azure/index.ts';
import type { GcpSimulator } from '../gcp/index.ts';
import type { CloudName } from './machines.ts';

/** One call that a cloud answered. */
export interface CloudCall {
  readonly id: string;
  readonly atMs: number;
  readonly cloud: CloudName;
  /** What was asked and how it went, in one line. */
  readonly text: string;
  readonly ok: boolean;
  readonly changes: boolean;
  /** The fault that was switched on and struck it. */
  readonly fault?: string | undefined;
}

/** Of each kind. */
const CALLS_SHOWN = 60;
/** Further back, nothing is looked for. */
const CALLS_LOOKED_AT = 20_000;
/** Azure's reads in the guise of a write. */
const READING = /^(Token|Users_|Groups_|Operat|Resources$|GET )|(^|_)List/;

/** Whether a call changes something, or is one of Azure's reads, many of which are POST. */
export function changesAzure(method: string, operation: string): boolean {
  return method !== 'GET' && !READING.test(operation);
}

interface Called {
  readonly azure: Pick<AzureSimulator, 'log'>;
  readonly aws: Pick<AwsSimulator, 'log'>;
  readonly gcp?: Pick<GcpSimulator, 'log'>;
}

/** The calls that the page has: the last that changed something, and the last that only read. Newest first. */
export function lastCalls({ azure, aws, gcp }: Called): readonly CloudCall[] {
  const ofAzure = lastOf(azure.log(), ({ atMs, operation, method, status, summary, fault }, n) => {
    const changes = changesAzure(method, operation);
    return { id: `azure ${n}`, atMs, cloud: 'azure', text: summary, ok: isOk(status), changes, fault };
  });
  const ofAws = lastOf(aws.log(), ({ atMs, action, summary, status, code, mutating, fault }, n) => {
    const text = `${action} ${summary} → ${code ?? (status === 0 ? 'cut' : status)}`;
    return { id: `aws ${n}`, atMs, cloud: 'aws', text, ok: isOk(status), changes: mutating, fault };
  });
  const ofGoogle = lastOf(gcp?.log() ?? [], ({ atMs, method, status, mutating }, n) => {
    const text = `${method.replace('compute.', '')} → ${status === 0 ? 'cut' : status}`;
    return { id: `gcp ${n}`, atMs, cloud: 'gcp', text, ok: isOk(status), changes: mutating };
  });
  const all = [...ofAzure, ...ofAws, ...ofGoogle].sort((a, b) => b.atMs - a.atMs);
  const told = all.filter(isTold).slice(0, CALLS_SHOWN);
  const reads = all.filter((call) => !isTold(call)).slice(0, CALLS_SHOWN);
  return [...told, ...reads].sort((a, b) => b.atMs - a.atMs);
}

/** Is it shown without being asked for? */
function isTold({ changes, fault }: CloudCall): boolean {
  return changes || fault !== undefined;
}

/** The last of those that only read, and of all others: between two of these, the patrol may have read a thousand times. */
function lastOf<T>(log: readonly T[], toCall: (entry: T, n: number) => CloudCall): readonly CloudCall[] {
  const [told, reads]: [CloudCall[], CloudCall[]] = [[], []];
  for (let n = log.length - 1; n >= 0 && log.length - n <= CALLS_LOOKED_AT && told.length < CALLS_SHOWN; n -= 1) {
    const call = toCall(log[n] as T, n);
    if (isTold(call)) told.push(call);
    else if (reads.length < CALLS_SHOWN) reads.push(call);
  }
  return [...told, ...reads];
}

const isOk = (status: number): boolean => status >= 200 && status < 400;
