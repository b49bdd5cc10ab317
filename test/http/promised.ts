import { Ajv2020 } from 'ajv/dist/2020.js';
import { ERROR_TABLE } from '../../src/core/errors/table.ts';
import { apiDocument } from '../../src/http/api/document.ts';
import type { Said } from './api-rig.ts';

export const DOCUMENT = apiDocument('1.2.3');
export const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/ } });
ajv.addSchema(DOCUMENT, 'api');

/** What the document says against a value: empty where it is as promised. */
export function faults(schema: object, value: unknown): string {
  const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
  const isAsSaid = ajv.compile(JSON.parse(text))(value);
  return isAsSaid ? '' : ajv.errorsText();
}

/** Holds an answer against the document. */
export function promised(method: string, path: string, said: Said): string {
  const at = path.split('?')[0] ?? '';
  const known = OPERATIONS.find(
    (one) => one.method === method && new RegExp(`^${one.path.replace('{id}', '[^/]+')}$`).test(`/api/v1/${at}`),
  );
  const answer = known?.operation.responses[said.status];
  if (!known || !answer) return `${method} ${path}: ${said.status} is not in the document`;
  const told = '$ref' in answer ? DOCUMENT.components.responses[answer.$ref.split('/').at(-1) ?? ''] : answer;
  const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(told?.content ?? {});
  if (!said.type.startsWith(type)) return `${method} ${path}: ${said.type}`;
  if (said.status !== 200 && !(said.body.code in ERROR_TABLE)) return `no error is called ${said.body.code}`;
  return faults(schema, said.body);
}
