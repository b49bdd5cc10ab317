import { describe, expect, it } from 'vitest';
import { hostsOf } from '../../../adapters/azure/arm/clouds.ts';

describe('the hosts of Azure', () => {
  it.each([
    ['public', 'https://management.azure.com', 'https://login.microsoftonline.com'],
    ['usGovernment', 'https://management.usgovcloudapi.net', 'https://login.microsoftonline.us'],
    ['china', 'https://management.chinacloudapi.cn', 'https://login.chinacloudapi.cn'],
  ] as const)('in %s', (cloud, resourceManager, authority) => {
    expect(hostsOf({ cloud })).toEqual({ resourceManager, authority });
  });

  it('are the public ones unless told, and those that are named', () => {
    expect(hostsOf({})).toEqual(hostsOf({ cloud: 'public' }));
    expect(hostsOf({ cloud: 'china', resourceManager: 'https://127.0.0.1:1' })).toEqual({
      resourceManager: 'https://127.0.0.1:1',
      authority: 'https://login.chinacloudapi.cn',
    });
  });
});
