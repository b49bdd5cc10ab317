import { expect, it } from 'vitest';
import { call, startAzure } from './azure-clients.ts';

const RULE =
  '/resourceGroups/rg-prod/providers/Microsoft.Network/networkSecurityGroups/web-1-nsg/securityRules/mine?api-version=2026-01-01';
const body = {
  properties: {
    access: 'Deny',
    direction: 'Inbound',
    priority: 3333,
    protocol: 'Tcp',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '22',
  },
};

it('lets a lock that forbids deleting refuse a DELETE alone, and one that forbids writing a PUT and a POST too', async () => {
  const azure = await startAzure();
  azure.azure.human.setLock('keep', 'CanNotDelete', '/resourceGroups/rg-prod');
  expect(await call(azure, 'PUT', RULE, body)).toMatchObject({ status: 201 });
  const refused = await call(azure, 'DELETE', RULE);
  expect(refused).toMatchObject({ status: 409, code: 'ScopeLocked' });
  expect(refused.message).toMatch(/cannot perform delete operation .* locked: '\/subscriptions\/.*\/rg-prod'/);
  azure.azure.human.setLock('frozen', 'ReadOnly');
  expect(await call(azure, 'PUT', RULE, body)).toMatchObject({ status: 409, code: 'ScopeLocked' });
  expect((await call(azure, 'GET', RULE)).status).toBe(200);
  azure.azure.human.removeLock('frozen');
  azure.azure.human.removeLock('keep');
  expect((await call(azure, 'DELETE', RULE)).status).toBe(202);
});

it('keeps what Defender would delete, as a lock binds it too', async () => {
  const azure = await startAzure();
  await azure.protect('web-1');
  await azure.initiate('web-1');
  azure.azure.human.setLock('keep', 'CanNotDelete', '/resourceGroups/rg-prod');
  azure.azure.human.editPolicy('default', (policy) => ({ ...policy, virtualMachines: [] }));
  expect(azure.allows('web-1-nsg')).toHaveLength(1);
});
