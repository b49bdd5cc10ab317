import { expect, it } from 'vitest';
import { edited, faultsOf, SMALL } from './files.ts';

const ID = 'aa112222-3333-4444-5555-666677778888';
const OTHER = ID.replace('aa', 'bb');
const SAYS = 'is listed twice, with different settings; keep one entry, with all that counts for it';
const azure = (...subscriptions: readonly string[]) =>
  `${SMALL}azure: { tenantId: ${ID}, clientId: ${ID}, subscriptions: [${subscriptions.join(', ')}] }\n`;
const aws = (...accounts: readonly string[]) =>
  edited(SMALL, '{ id: "123456789012", regions: [eu-west-1] }', accounts.join(', '));

it.each<[string, string, readonly string[]]>([
  [
    'an account with other regions',
    aws('{ id: "123456789012", regions: [eu-west-1] }', '{ id: "123456789012", regions: [eu-central-1] }'),
    [`aws.accounts[1]: 123456789012 ${SAYS} (line 3)`],
  ],
  [
    'a subscription with another backend, in other letters',
    azure(`{ id: ${ID} }`, `{ id: ${ID.toUpperCase()}, backend: nsg }`),
    [`azure.subscriptions[1]: ${ID.toUpperCase()} ${SAYS} (line 14)`],
  ],
  [
    'a subscription in another tenant, once more',
    azure(`{ id: ${ID} }`, `{ id: ${OTHER} }`, `{ id: ${ID}, tenantId: ${OTHER} }`),
    [`azure.subscriptions[2]: ${ID} ${SAYS} (line 14)`],
  ],
  ['what is said twice alike', azure(`{ id: ${ID}, backend: nsg }`, `{ backend: nsg, id: ${ID.toUpperCase()} }`), []],
  ['two of their own', azure(`{ id: ${ID} }`, `{ id: ${OTHER}, backend: nsg }`), []],
])('of %s that is listed twice it is told that one of them would be dropped, where they differ', (_, text, faults) => {
  expect(faultsOf(text)).toEqual(faults);
});
