import { addresses, type people } from '../world.ts';
import type { Services } from './services.ts';
import { Stage } from './stage.ts';
import type { Demo } from './start.ts';

/** One cloud's life of a request: where it is asked, where it is decided. */
interface Life {
  readonly cloud: 'azure' | 'aws' | 'gcp';
  readonly machine: string;
  readonly command: string;
  readonly ask: 'slack' | 'teams';
}

const SECONDS = 8;
const LIVES: readonly Life[] = [
  {
    cloud: 'azure',
    machine: 'web-1',
    command: `request web-1 ssh for ${SECONDS}s because deploy of release 4711`,
    ask: 'slack',
  },
  {
    cloud: 'aws',
    machine: 'api-1',
    command: `request api-1 ssh for ${SECONDS}s from 203.0.113.7 because look at the queue`,
    ask: 'teams',
  },
];

const IN_GOOGLE: Life = {
  cloud: 'gcp',
  machine: 'query-1',
  command: `request query-1 ssh for ${SECONDS}s because a slow query`,
  ask: 'teams',
};

const REQUESTER: keyof typeof people = 'requester';
const APPROVER: keyof typeof people = 'manager';

/**
 * One whole life of a request on each cloud, without a person or a browser. Prints it as a transcript; gives the number
 * of rules of ours that are left. Throws what did not happen.
 */
export async function once(demo: Demo, print: (line: string) => void): Promise<number> {
  const { services } = demo;
  const stage = new Stage(services, print);
  const lives = services.gcp ? [...LIVES, IN_GOOGLE] : LIVES;
  const died = demo.program().ended.then((how) => {
    throw new Error(`the program ended: ${how}`);
  });
  // Without this the rejection of a later, wanted stop would count as unhandled.
  died.catch(() => {});
  try {
    for (const { machine } of lives)
      await Promise.race([died, stage.slack('security', `/jit protect ${machine} usual`)]);
    await Promise.race([died, Promise.all(lives.map((life) => live(stage, services, life, print)))]);
  } finally {
    stage.stop();
  }
  return rulesLeft(demo).length;
}

async function live(
  stage: Stage,
  { azure, aws, gcp }: Services,
  { cloud, machine, command, ask }: Life,
  print: (line: string) => void,
): Promise<void> {
  const answer =
    ask === 'slack' ? await stage.slack(REQUESTER, `/jit ${command}`) : await stage.teams(REQUESTER, command);
  const request = /\b([2-9a-z]{7})\b(?=`|\.|\s*$)/.exec(answer.slice(answer.lastIndexOf('Request')))?.[1];
  if (!request) throw new Error(`no request came of “${command}”: ${answer}`);
  if (ask === 'slack') await stage.approveInTeams(APPROVER, request);
  else await stage.approveInSlack(APPROVER, request);
  await stage.told('is open', machine);
  const client = { from: addresses.requester, machine, port: 22 };
  const [way] = cloud === 'azure' ? azure.ways(client).filter(({ open }) => open) : [];
  const isReached = () =>
    cloud === 'gcp' ? googleRules(gcp).length > 0 : (cloud === 'azure' ? azure : aws).reachable(client);
  if (!isReached()) throw new Error(`${machine} was said to be open, and is not`);
  print(`${cloud}: ${client.from} gets to ${machine}${way ? ` at ${way.address}:${way.port}` : ''}`);
  await stage.told('closed, proven', machine);
  if (isReached()) throw new Error(`${machine} was said to be closed, and is not`);
  print(`${cloud}: ${machine}: closed, proven`);
}

/** Rules that Drawbridge writes itself in a network security group. */
const OURS = /^drawbridge-demo-/;

/** Rules of leases in Google Cloud: those with a mark. */
function googleRules(gcp: Services['gcp']): readonly string[] {
  const rules = gcp?.state().firewalls ?? [];
  return rules.filter(({ description = '' }) => description.includes(' db1.')).map(({ name }) => name);
}

/** Every rule of ours that a cloud still holds. */
export function rulesLeft({ services }: Pick<Demo, 'services'>): readonly string[] {
  const azure = services.azure
    .state()
    .nsgs.flatMap((nsg) =>
      nsg.rules
        .filter(({ name, writer, access }) => access === 'Allow' && (writer === 'defender' || OURS.test(name)))
        .map((rule) => `${nsg.name}/${rule.name}`),
    );
  const firewalls = services.azure
    .state()
    .firewalls.flatMap(({ name, collections }) =>
      collections
        .filter((collection) => OURS.test(collection.name))
        .flatMap((collection) => collection.rules.map((rule) => `${name}/${rule.name}`)),
    );
  const aws = services.aws
    .state()
    .groups.filter((group) => group.name.startsWith('drawbridge-'))
    .flatMap((group) =>
      group.rules.filter((rule) => rule.direction === 'ingress').map((rule) => `${group.name}/${rule.id}`),
    );
  return [...azure, ...firewalls, ...aws, ...googleRules(services.gcp)];
}
