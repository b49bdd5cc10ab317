import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { RespondFn } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { clientFor, fullSettings, ruleTags } from '../../adapters/aws/index.ts';
import type { Bot, Conversation } from '../../adapters/teams/index.ts';
import { machineId } from '../../src/core/machine/machine.ts';
import type { Calls, House, Posted } from './shared.ts';

const HEADLINE =
  '*Ada Okafor* asks for 22 on life-01 from 203.0.113.7 for 2 h: deploy 4711: roll back the payment service';
const SIGNAL = new AbortController().signal;
/** Made at other times than in a life, by each side for itself. */
const NOT_OF_A_LIFE = new Set([
  'slack auth.test',
  'teams token',
  'teams deliver',
  'aws AssumeRole',
  'aws GetServiceQuota',
]);

/** What a life has posted and opened so far. */
interface Life {
  /** In Slack: the card, which is edited, and below which is written. */
  card?: { readonly channel: string; readonly ts: string };
  /** In Teams: the conversations, and the first card of each. */
  readonly spots: Conversation[];
  readonly cards: { readonly spot: Conversation; readonly activity: string }[];
  /** The card in the approver's own chat. */
  pressed?: string;
  readonly rules: string[];
}

type Client = ReturnType<typeof clientFor>;
type MakeCall = (life: Life) => Promise<unknown>;

export interface BareCalls {
  /** The operations that it can call. */
  readonly known: readonly string[];
  readonly make: (calls: Calls) => Promise<Posted>;
}

/** Makes as many calls of each kind as it is told, one after another, with contents as the real program's. */
export function bareCalls(house: House, bot: Bot, respond: () => RespondFn | undefined): BareCalls {
  // In the order in which a life needs them.
  const known = new Map<string, MakeCall>([
    ...slackCalls(house, respond),
    ...teamsCalls(house, bot),
    ...awsCalls(house),
  ]);
  const make = async (calls: Calls): Promise<Posted> => {
    const unknown = Object.keys(calls).filter((name) => !known.has(name) && !NOT_OF_A_LIFE.has(name));
    if (unknown.length > 0) throw new Error(`the bare side does not know ${unknown.join(', ')}`);
    const life: Life = { spots: [], cards: [], rules: [] };
    for (const [name, call] of known) for (let left = calls[name] ?? 0; left > 0; left -= 1) await call(life);
    return { activity: life.pressed ?? '' };
  };
  return { known: [...known.keys()], make };
}

function slackCalls({ slack, places, sample }: House, respond: () => RespondFn | undefined): [string, MakeCall][] {
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const blocks = sample.blocks as never;
  const metadata = {
    event_type: 'drawbridge_card',
    event_payload: { request: 'abc2345', nonce: 'abcdefghijkl', announced: 'open' },
  };
  const channel = places.slackChannel;
  const answer = { response_type: 'ephemeral', replace_original: false, text: HEADLINE } as const;
  return [
    ['slack response_url', async () => respond()?.(answer)],
    ['slack users.info', () => client.users.info({ user: places.slackUser })],
    ['slack conversations.info', () => client.conversations.info({ channel })],
    [
      'slack chat.postMessage',
      async (life) => {
        const thread = life.card && { thread_ts: life.card.ts };
        const { ts = '' } = await client.chat.postMessage({
          channel,
          text: HEADLINE,
          metadata,
          ...(thread ?? { blocks }),
        });
        life.card ??= { channel, ts };
      },
    ],
    [
      'slack chat.update',
      ({ card }) => client.chat.update({ channel, ts: card?.ts ?? '', text: HEADLINE, blocks, metadata }),
    ],
    [
      'slack conversations.replies',
      ({ card }) => client.conversations.replies({ channel, ts: card?.ts ?? '', include_all_metadata: true }),
    ],
  ];
}

function teamsCalls({ teams, places, sample }: House, bot: Bot): [string, MakeCall][] {
  const { serviceUrl } = teams;
  const card = {
    summary: HEADLINE,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: sample.card }],
  };
  const text = { text: HEADLINE, textFormat: 'markdown', summary: HEADLINE } as const;
  const last = ({ spots }: Life): Conversation => spots.at(-1) ?? { serviceUrl, conversation: '' };
  return [
    [
      'teams createConversation',
      async (life) => {
        // First the channel, then people's own chats.
        if (life.cards.length > 0) {
          life.spots.push(await bot.chat(serviceUrl, places.teamsUser, SIGNAL));
          return;
        }
        const { activity, ...spot } = await bot.thread(serviceUrl, places.teamsChannel, card, SIGNAL);
        life.cards.push({ spot, activity });
      },
    ],
    [
      'teams sendToConversation',
      async (life) => {
        const spot = last(life);
        // A card in each chat; the rest is said below them.
        const first = life.cards.length <= life.spots.length;
        const activity = await bot.send(spot, first ? card : text, SIGNAL);
        if (first) life.cards.push({ spot, activity });
        if (first) life.pressed = activity;
      },
    ],
    ['teams getConversationMember', (life) => bot.member(last(life), places.teamsUser, SIGNAL)],
    [
      'teams updateActivity',
      async ({ cards }) => {
        const [one] = cards;
        if (one) await bot.update(one.spot, one.activity, card, SIGNAL);
      },
    ],
  ];
}

function awsCalls({ aws, places: { instance, group } }: House): [string, MakeCall][] {
  const [account] = aws.accounts;
  const [region] = account?.regions ?? [];
  if (!account || !region) throw new Error('no account');
  const client = clientFor({ account, region }, fullSettings(aws));
  const machine = machineId('aws', `${account.id}:${region}:${instance}`);
  if (!machine) throw new Error('no machine');
  const byGroup = only('group-id', group);
  let opened = 0;
  return [
    [
      'aws DescribeInstances',
      () => client.call(SIGNAL, (ec2, o) => ec2.send(new DescribeInstancesCommand(only('instance-id', instance)), o)),
    ],
    [
      'aws DescribeSecurityGroups',
      () => client.call(SIGNAL, (ec2, o) => ec2.send(new DescribeSecurityGroupsCommand(byGroup), o)),
    ],
    [
      'aws DescribeSecurityGroupRules',
      () => client.call(SIGNAL, (ec2, o) => ec2.send(new DescribeSecurityGroupRulesCommand(byGroup), o)),
    ],
    [
      'aws DescribeNetworkInterfaces',
      () => client.call(SIGNAL, (ec2, o) => ec2.send(new DescribeNetworkInterfacesCommand(byGroup), o)),
    ],
    ...aroundCalls(client),
    [
      'aws AuthorizeSecurityGroupIngress',
      async ({ rules }) => {
        opened += 1;
        const source = `10.${opened >> 16}.${(opened >> 8) & 255}.${opened & 255}/32`;
        const rule = { machine, port: { number: 22, protocol: 'tcp' }, source } as const;
        const placement = { rule, backend: 'sg', at: group, locks: [] };
        const note = { request: 'abc2345', requester: 'ada', approver: 'grace' };
        const tags = ruleTags({ placement, until: Date.now(), now: Date.now(), note }, 'm'.repeat(110));
        const input = {
          GroupId: group,
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: source }] }],
          TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tags }],
        };
        const reply = await client.call(SIGNAL, (ec2, o) =>
          ec2.send(new AuthorizeSecurityGroupIngressCommand(input), o),
        );
        for (const { SecurityGroupRuleId: id } of reply.SecurityGroupRules ?? []) if (id) rules.push(id);
      },
    ],
    [
      'aws RevokeSecurityGroupIngress',
      async ({ rules }) => {
        const id = rules.shift();
        if (id === undefined) return;
        const input = { GroupId: group, SecurityGroupRuleIds: [id] };
        await client.call(SIGNAL, (ec2, o) => ec2.send(new RevokeSecurityGroupIngressCommand(input), o));
      },
    ],
  ];
}

/** One filter, and the page size that the program asks for. DescribeRouteTables has smaller pages than most. */
function only(Name: string, value: string, MaxResults = 1_000) {
  return { MaxResults, Filters: [{ Name, Values: [value] }] };
}

/** What is around a subnet is kept for some seconds, so that few lives ask for it: here with the smallest answers. */
function aroundCalls(client: Client): [string, MakeCall][] {
  const subnet = 'subnet-0abc1234';
  const acls = new DescribeNetworkAclsCommand(only('association.subnet-id', subnet));
  const tables = new DescribeRouteTablesCommand(only('association.subnet-id', subnet, 100));
  const subnets = new DescribeSubnetsCommand(only('subnet-id', subnet));
  const gateways = new DescribeInternetGatewaysCommand(only('attachment.vpc-id', 'vpc-0abc1234'));
  const publicAccess = new DescribeVpcBlockPublicAccessOptionsCommand({});
  const exclusions = new DescribeVpcBlockPublicAccessExclusionsCommand({ MaxResults: 1_000 });
  return [
    ['aws DescribeNetworkAcls', () => client.call(SIGNAL, (ec2, o) => ec2.send(acls, o))],
    ['aws DescribeRouteTables', () => client.call(SIGNAL, (ec2, o) => ec2.send(tables, o))],
    ['aws DescribeSubnets', () => client.call(SIGNAL, (ec2, o) => ec2.send(subnets, o))],
    ['aws DescribeInternetGateways', () => client.call(SIGNAL, (ec2, o) => ec2.send(gateways, o))],
    ['aws DescribeVpcBlockPublicAccessOptions', () => client.call(SIGNAL, (ec2, o) => ec2.send(publicAccess, o))],
    ['aws DescribeVpcBlockPublicAccessExclusions', () => client.call(SIGNAL, (ec2, o) => ec2.send(exclusions, o))],
  ];
}
