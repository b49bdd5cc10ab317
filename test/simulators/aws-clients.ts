import { EC2, EC2ServiceException } from '@aws-sdk/client-ec2';
import { STS } from '@aws-sdk/client-sts';
import { expect, onTestFinished } from 'vitest';
import { type AwsSimulator, type AwsSimulatorOptions, startAwsSimulator } from '../../simulators/aws/index.ts';
import { ManualClock } from '../../simulators/shared/clock.ts';
import { KeptReplies } from './service-model.ts';

/** A simulator on a clock of its own, and the vendor's clients for it. All end with the test. */
export interface Aws {
  readonly simulator: AwsSimulator;
  readonly clock: ManualClock;
  readonly ec2: EC2;
  readonly sts: STS;
  /** The same clients for other keys or another region. */
  readonly clients: (options: Partial<ClientOptions>) => { ec2: EC2; sts: STS };
  /** Ids of what is set up at the start, by name. */
  readonly group: (name: string) => string;
  readonly instance: (name: string) => string;
  readonly eni: (instanceName: string) => string;
  readonly vpcId: string;
}

interface ClientOptions {
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  readonly region: string;
  readonly maxAttempts: number;
}

export async function startAws(options: AwsSimulatorOptions = {}): Promise<Aws> {
  const clock = new ManualClock(Date.now());
  const replies = new KeptReplies();
  const simulator = await startAwsSimulator({ clock: clock.now, onReply: replies.add, ...options });
  onTestFinished(async () => {
    await simulator.stop();
    expect(replies.faults()).toEqual([]);
  });
  const own = { accessKeyId: simulator.accessKeyId, secretAccessKey: simulator.secretAccessKey };
  const clients = ({ credentials = own, region = simulator.region, maxAttempts = 1 }: Partial<ClientOptions>) => {
    const settings = { endpoint: simulator.url, credentials, region, maxAttempts };
    const made = { ec2: new EC2(settings), sts: new STS(settings) };
    onTestFinished(() => {
      made.ec2.destroy();
      made.sts.destroy();
    });
    return made;
  };
  const find = (list: readonly { id: string; name: string }[], name: string) => {
    const found = list.find((one) => one.name === name);
    if (!found) throw new Error(`no ${name}`);
    return found.id;
  };
  const instance = (name: string) => find(simulator.state().instances, name);
  return {
    simulator,
    clock,
    ...clients({}),
    clients,
    group: (name) => find(simulator.state().groups, name),
    instance,
    eni: (name) => {
      const id = instance(name);
      return simulator.state().interfaces.find((one) => one.instanceId === id)?.id ?? '';
    },
    vpcId: simulator.state().groups[0]?.vpcId ?? '',
  };
}

/** The code of the refusal that the call ends with; fails when it succeeds. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('The call succeeded');
  if (error instanceof EC2ServiceException && !error.$metadata.requestId)
    throw new Error('The refusal has no request id');
  return error.name;
}

/** One rule for tcp/22 (or another port) from an IPv4 prefix. */
export const tcp = (cidr: string, port = 22, description?: string) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp: cidr, Description: description }],
});

interface Sent {
  readonly request: { body: string; readonly headers: Record<string, string>; method: string; path: string };
}

/** Changes what a client sends, before it is signed or after. */
export function tamper(
  ec2: EC2,
  when: 'before signing' | 'after signing',
  change: (sent: Sent['request']) => void,
): void {
  const changed = <A extends object>(args: A): A => {
    // The SDK leaves the type of the request open; over HTTP it is this one.
    change((args as unknown as Sent).request);
    return args;
  };
  if (when === 'before signing')
    ec2.middlewareStack.add((next) => (args) => next(changed(args)), { step: 'build', priority: 'high' });
  else ec2.middlewareStack.add((next) => (args) => next(changed(args)), { step: 'deserialize', priority: 'low' });
}
