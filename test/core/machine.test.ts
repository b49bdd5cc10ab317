import { describe, expect, it } from 'vitest';
import { cloudOf, machineId, parseMachineId, providerIdOf } from '../../src/core/machine/machine.ts';

const VM = '/subscriptions/11112222-3333/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/web-1';
const EC2 = '123456789012:eu-west-1:i-0abc123def4567890';

describe('a machine id', () => {
  it.each([
    ['azure', VM, `azure:${VM}`],
    [
      'azure',
      '/subscriptions/11112222-3333/resourceGroups/RG-Prod/providers/Microsoft.Compute/virtualMachines/Web-1',
      `azure:${VM}`,
    ],
    ['azure', ` ${VM} `, `azure:${VM}`],
    ['aws', EC2, `aws:${EC2}`],
    ['aws', EC2.toUpperCase(), `aws:${EC2}`],
    ['aws', '123456789012:us-gov-west-1:i-0abc1234', 'aws:123456789012:us-gov-west-1:i-0abc1234'],
  ] as const)('of %s is canonical: %s', (cloud, given, id) => {
    expect(machineId(cloud, given)).toBe(id);
    expect(parseMachineId(`${cloud}:${given.trim()}`)).toBe(id);
    expect(machineId(cloud, providerIdOf(id))).toBe(id);
    expect(cloudOf(id)).toBe(cloud);
  });

  it.each([
    ['azure', ''],
    ['azure', 'web-1'],
    ['azure', EC2],
    ['azure', `${VM}/`],
    ['azure', `${VM}/extensions/x`],
    ['azure', VM.replace('/subscriptions', 'subscriptions')],
    ['azure', VM.replace('rg-prod', '')],
    ['azure', VM.replace('virtualmachines', 'virtualmachinescalesets')],
    ['azure', VM.replace('microsoft.compute', 'microsoft.classiccompute')],
    ['aws', 'i-0abc123def4567890'],
    ['aws', '12345:eu-west-1:i-0abc123def4567890'],
    ['aws', '123456789012::i-0abc123def4567890'],
    ['aws', '123456789012:eu-west-1:i-xyz'],
    ['aws', '123456789012:eu-west-1:i-0abc12'],
    ['aws', `${EC2}0`],
    ['aws', `${EC2}:extra`],
    ['aws', VM],
  ] as const)('of %s is not “%s”', (cloud, given) => {
    expect(machineId(cloud, given)).toBeUndefined();
  });

  it.each(['', 'web-1', 'gcp:x', VM, EC2, 'azure', `azurex:${VM}`, `aws:${VM}`])('is not read from “%s”', (text) => {
    expect(parseMachineId(text)).toBeUndefined();
  });

  it('may be typed with a cloud in capitals', () => {
    expect(parseMachineId(`AWS:${EC2}`)).toBe(`aws:${EC2}`);
  });
});
