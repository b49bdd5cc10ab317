import { expect, it } from 'vitest';
import { edited, faultsOf, SMALL } from './files.ts';

it.each<[string, string, readonly string[]]>([
  [
    '{ accounts: [{ id: "123456789012", regions: [eu-west-1] }] }',
    '{}',
    ['aws: must have accounts or an organization (line 3)'],
  ],
  [
    'regions: [eu-west-1] }] }',
    'regions: [eu-west-1, us-gov-west-1] }] }',
    ['aws.accounts[0]: regions and roles belong to different partitions: aws, aws-us-gov (line 3)'],
  ],
  [
    'regions: [eu-west-1] }] }',
    'regions: [cn-north-1], role: { arn: "arn:aws:iam::123456789012:role/x" } }] }',
    ['aws.accounts[0]: regions and roles belong to different partitions: aws-cn, aws (line 3)'],
  ],
  [
    'regions: [eu-west-1] }] }',
    'regions: [eu-west-1] }], entitlement: yes please }',
    ['aws.entitlement: must be an action such as ec2-instance-connect:OpenTunnel (line 3)'],
  ],
])('%s as %s is a fault of AWS, with its path and line', (from, to, faults) => {
  expect(faultsOf(edited(SMALL, from, to))).toEqual(faults);
});
