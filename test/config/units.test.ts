import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { broken } from './files.ts';

const NAMES = 'machines: { names: ["*"] }';
const AWS = 'regions: [eu-west-1] }] }';

function warningsOf(text: string): readonly string[] {
  const read = readConfig(text);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return read.warnings;
}

it('it is said where a unit is named and its cloud is not asked for units', () => {
  const any = broken([NAMES, 'machines: { unit: ou-ab12-prod0001 }']);
  expect(warningsOf(any)).toEqual([expect.stringContaining('unit: set `aws.units` or `azure.units`')]);
  const inAws = broken([NAMES, 'machines: { cloud: aws, any: [{ unit: ou-ab12-prod0001 }] }']);
  expect(warningsOf(inAws)).toEqual([expect.stringContaining('any[0].unit: set `aws.units`')]);
  expect(warningsOf(any.replace(AWS, AWS.replace(/ }$/, ', units: {} }')))).toEqual([]);
});
