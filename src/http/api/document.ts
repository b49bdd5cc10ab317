import { z } from 'zod';
import type { ApiDocument, ApiOperation, ApiParameter } from '../../ports/api-document.ts';
import { API_CALLS, type ApiRoute } from './calls.ts';
import { STATUSES } from './problem.ts';
import { KEY, problem, signIn } from './schemas.ts';

const JSON_TYPE = 'application/json';
const REQUEST_ID = { type: 'string', pattern: '^[a-z0-9]{7}$' };
const KEY_ABOUT =
  'The same for a call that is sent again: within 24 hours it is answered as before, and not made again.';

/**
 * The API as an OpenAPI 3.1 document, made of the very schemas that check calls and answers, so that it cannot say anything else.
 * `version`: of the program.
 */
export function apiDocument(version: string): ApiDocument {
  const schemas = new Map<string, object>();
  const paths: Record<string, Record<string, ApiOperation>> = {
    '/api/v1/sign-in': { get: signInOperation(schemas) },
  };
  for (const call of API_CALLS) {
    const path = call.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [call.method.toLowerCase()]: operationOf(call, schemas) };
  }
  const refusals = STATUSES.map(([status, description]) => [String(status), refusal(description, status, schemas)]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Drawbridge',
      version,
      description:
        'Temporary access to management ports of virtual machines, decided by people. Answers may gain fields; what a call may have is complete, and a field that is not named here is refused. Instants are UTC.',
    },
    paths,
    components: {
      responses: Object.fromEntries(refusals),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token of a person or of a service, or the key of a service.',
        },
      },
      schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
    security: [{ token: [] }],
  };
}

function signInOperation(schemas: Map<string, object>): ApiOperation {
  return {
    operationId: 'signIn',
    summary: 'How people sign in, for whoever has no token yet. Nothing of it is secret.',
    responses: { 200: answerOf(signIn, schemas) },
    security: [],
  };
}

function operationOf({ name, about, path, query, body, answer }: ApiRoute, schemas: Map<string, object>): ApiOperation {
  const parameters = [...inPath(path), ...inQuery(query, schemas), ...(body ? [KEY_PARAMETER] : [])];
  const refusals = STATUSES.map(([status]) => [String(status), { $ref: `#/components/responses/${status}` }]);
  return {
    ...{ operationId: name, summary: about },
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: contentOf(body, schemas) } } : {}),
    responses: { 200: answerOf(answer, schemas), ...Object.fromEntries(refusals) },
  };
}

const KEY_PARAMETER: ApiParameter = {
  ...{ name: 'Idempotency-Key', in: 'header', required: false, description: KEY_ABOUT },
  schema: { type: 'string', pattern: KEY.source },
};

function inPath(path: string): readonly ApiParameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true, description: 'ID of the request.', schema: REQUEST_ID },
  }));
}

function inQuery(query: z.ZodType, schemas: Map<string, object>): readonly ApiParameter[] {
  const { properties = {}, required = [] } = schemaOf(query, schemas) as {
    readonly properties?: Readonly<Record<string, object>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema };
  });
}

function answerOf(answer: z.ZodType, schemas: Map<string, object>) {
  return { description: 'Done.', content: contentOf(answer, schemas) };
}

function refusal(description: string, status: number, schemas: Map<string, object>) {
  const wait = { description: 'Seconds to wait before another call.', schema: { type: 'integer', minimum: 1 } };
  return {
    description,
    ...(status === 429 ? { headers: { 'Retry-After': wait } } : {}),
    content: { 'application/problem+json': { schema: schemaOf(problem, schemas) } },
  };
}

function contentOf(schema: z.ZodType, schemas: Map<string, object>) {
  return { [JSON_TYPE]: { schema: schemaOf(schema, schemas) } };
}

/** JSON Schema as OpenAPI 3.1 takes it; what has a name of its own goes to `schemas`, once. */
function schemaOf(schema: z.ZodType, schemas: Map<string, object>): object {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    // What the format says is not said again in a pattern that nobody can read.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  const {
    $schema: _,
    $defs = {},
    ...own
  } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')) as {
    readonly $schema?: string;
    readonly $defs?: Readonly<Record<string, object>>;
  };
  for (const [id, named] of Object.entries($defs)) schemas.set(id, named);
  return own;
}
