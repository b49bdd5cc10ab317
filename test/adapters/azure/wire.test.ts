import { expect, test } from 'vitest';
import { tidied } from '../../../adapters/azure/arm/wire.ts';

test.each([
  ['{"a":null,"b":[null,1,{"c":null}]}', '{"b":[1,{}]}'],
  ['{"direction":"inbound","access":"DENY"}', '{"direction":"Inbound","access":"Deny"}'],
  ['{"direction":"Inbound","name":"deny"}', '{"direction":"Inbound","name":"deny"}'],
  ['{"access":"something"}', '{"access":"something"}'],
  ['null, and no JSON', 'null, and no JSON'],
  ['', ''],
])('%s is read as %s', (text, expected) => {
  expect(tidied(text)).toBe(expected);
});
