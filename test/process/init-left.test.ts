import { describe, expect, it } from 'vitest';
import { askFile } from '../../src/cli/init/ask-file.ts';
import { awsPart } from '../../src/cli/init/aws.ts';
import { azurePart } from '../../src/cli/init/azure.ts';
import { teamsPart } from '../../src/cli/init/chats.ts';
import { gcpPart } from '../../src/cli/init/gcp.ts';
import type { Around } from '../../src/cli/init/topic.ts';
import { refusal } from '../core/samples.ts';
import { commandsIn } from '../docs/command-lines.ts';
import { VENDOR_TOOLS, vendorFault } from '../docs/vendor-commands.ts';

const ID = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
const nobody = () => Promise.reject(new Error('nobody is signed in'));

/** Answers, and nobody signed in. */
function around(answers: Readonly<Record<string, unknown>>): Around {
  return {
    ask: askFile(answers, () => {}),
    given: {},
    signal: new AbortController().signal,
    surveys: {
      azure: async () => ({ tenants: nobody, subscriptions: nobody }),
      aws: async () => ({ caller: nobody, regions: nobody, accounts: nobody }),
      slack: async () => ({ workspace: nobody, channels: nobody }),
    } as Around['surveys'],
    keep: (_, answer) => ('reference' in answer ? answer.reference : 'file:kept'),
    secretIn: () => undefined,
  };
}

const inAws = (more: Readonly<Record<string, unknown>>) =>
  awsPart(
    around({
      aws: {
        ...{ regions: ['eu-west-1'], newExternalId: false, externalId: 'env:AWS_EXTERNAL_ID', ...more },
        principal: 'arn:aws:iam::111122223333:role/drawbridge',
      },
    }),
    'prod',
  );

describe('what jit init says is left to do', () => {
  it('in an organization: a StackSet that keeps the roles, which one account alone has no use for', async () => {
    const { settings, left } = await inAws({ serve: 'organization' });
    expect(settings).toMatchObject({ aws: { organization: { role: 'drawbridge-operator' } } });
    const commands = left.flatMap(({ command }) => command ?? []);
    expect(commands.map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
      'aws cloudformation create-stack-set',
      'aws cloudformation create-stack-instances',
    ]);
    expect(commands[0]).toContain('RetainStacksOnAccountRemoval=true');
    expect(commands[0]).toContain('ParameterKey=ExternalId,ParameterValue="$AWS_EXTERNAL_ID"');
    expect(left.map(({ text }) => text).join(' ')).toContain('`aws.organization.lister`');
  });

  it('in several accounts: the same in each of them', async () => {
    const { left } = await inAws({ accounts: ['111122223333', '444455556666'] });
    expect(left[0]?.text).toBe('AWS: make the roles in each of 111122223333, 444455556666, signed in to that account.');
    expect(left.at(-1)?.text).toContain('let arn:aws:iam::111122223333:role/drawbridge assume these roles');
  });

  it('nothing, where what Drawbridge runs as is in another partition than the machines', async () => {
    const answers = (region: string, arn: string) =>
      around({ aws: { accounts: ['111122223333'], regions: [region], principal: arn, newExternalId: false } });
    const refused = async (region: string, arn: string) => {
      const one = answers(region, arn);
      await awsPart(one, 'prod');
      return refusal(() => one.ask.settle());
    };
    const gov = 'arn:aws-us-gov:iam::111122223333:role/drawbridge';
    expect(await refused('us-gov-west-1', gov.replace('-us-gov', ''))).toMatchObject({
      hint: expect.stringContaining('aws.principal: must be in the partition of us-gov-west-1: arn:aws-us-gov:iam::…'),
    });
    expect(await refused('cn-north-1', 'drawbridge')).toMatchObject({
      hint: expect.stringContaining('must be an ARN such as arn:aws-cn:iam::111122223333:role/drawbridge'),
    });
    const right = answers('us-gov-west-1', gov);
    await awsPart(right, 'prod');
    expect(() => right.ask.settle()).not.toThrow();
  });

  it('in Azure: every role that the file needs as it is written', async () => {
    const azure = { tenantId: ID, subscriptions: [ID], backend: 'nsg', clientId: ID };
    const { left } = await azurePart(around({ azure }));
    expect(left.flatMap(({ text }) => /assign “(.+)”/.exec(text)?.[1] ?? [])).toEqual([
      'Drawbridge operator (network security groups)',
      'Drawbridge operator (activity log)',
    ]);
  });

  it.each([
    ['usGovernment', 'usgovvirginia'],
    ['china', 'chinanorth3'],
    ['public', 'westeurope'],
  ])('in Azure, %s: a place that this cloud has', async (cloud, location) => {
    const azure = { tenantId: ID, subscriptions: [ID], clientId: ID };
    const { left } = await azurePart({ ...around({ azure }), given: { azure: { cloud } } });
    expect(left[0]?.command).toContain(` --location ${location} `);
  });

  it('in Teams: that the app is installed for those whom it has to ask', async () => {
    const teams = { tenantId: ID, appId: ID, channel: '19:0123456789abcdef@thread.tacv2' };
    const { left } = await teamsPart(around({ teams }), undefined, 'https://drawbridge.example.com');
    expect(left.map(({ text }) => text).join(' ')).toContain('install it there for everybody who requests or decides');
  });

  it('in commands that the vendors have', async () => {
    const gcp = { gcp: { projects: ['my-project'] } };
    const azure = { azure: { tenantId: ID, subscriptions: [ID, ID.replace('7f', '8f')], clientId: ID } };
    const parts = [
      await inAws({ serve: 'organization' }),
      await inAws({ accounts: ['111122223333'] }),
      await gcpPart(around(gcp)),
      await azurePart(around(azure)),
    ];
    const page = parts.flatMap(({ left }) => left.flatMap(({ command }) => command ?? []));
    const commands = commandsIn(`\`\`\`sh\n${page.join('\n')}\n\`\`\`\n`);
    expect(commands.length).toBe(page.length);
    expect(commands.filter(({ program }) => !(program in VENDOR_TOOLS))).toEqual([]);
    expect(commands.flatMap(({ program, words }) => vendorFault(program, words) ?? [])).toEqual([]);
  });
});
