import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { RIGHTS } from '../../../adapters/gcp/examine.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type GcpHarness, gcpHarness } from './harness.ts';

describe('the rights in Google Cloud', () => {
  let cloud: GcpHarness;
  beforeEach(async () => {
    cloud = await gcpHarness();
  });
  afterEach(() => cloud.stop());

  test('are those of the role that users make', () => {
    expect(parse(readFileSync('manifests/gcp/role.yaml', 'utf8')).includedPermissions).toEqual(RIGHTS);
  });

  test('are fine when all are there', async () => {
    expect(await cloud.adapter.examine([], never)).toEqual([
      { of: 'Google Cloud', what: 'rights in bridge-prod', verdict: 'fine' },
    ]);
  });

  test('that are missing are named', async () => {
    cloud.sim.rightsTaken.add('compute.firewalls.delete');
    const [told] = await cloud.adapter.examine([], never);
    expect(told?.verdict).not.toBe('fine');
    expect(JSON.stringify(told)).toContain('compute.firewalls.delete');
  });

  test('that cannot be read are told as what is wrong', async () => {
    cloud.sim.faults.add('cloudresourcemanager.projects.testIamPermissions', {
      kind: 'error',
      status: 403,
      code: 'forbidden',
    });
    const [told] = await cloud.adapter.examine([], never);
    expect(told?.verdict).not.toBe('fine');
  });
});
