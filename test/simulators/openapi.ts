import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

type Json = Readonly<Record<string, unknown>>;

interface Schema extends Json {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly discriminator?: string;
  readonly required?: readonly string[];
  readonly 'x-ms-enum'?: { readonly modelAsString?: boolean };
  readonly 'x-ms-discriminator-value'?: string;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly ({ readonly in?: string; readonly schema?: Schema } & Schema)[];
  readonly responses?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Found<T> {
  readonly value: T;
  /** The file that its references are relative to. */
  readonly file: string;
}

/** OpenAPI 2.0 files of Azure below a folder, examples left out; bodies can be checked against their operations. */
export class OpenApi {
  readonly #documents = new Map<string, Json>();
  readonly #operations = new Map<string, Found<Operation>>();

  constructor(folder: string) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((one) => one.endsWith('.json') && !one.includes('examples'))) {
      const file = join(folder, name);
      const { paths = {} } = this.#document(file) as { paths?: Record<string, Record<string, Operation>> };
      for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods)))
        if (operation.operationId) this.#operations.set(operation.operationId, { value: operation, file });
    }
  }

  has(operation: string): boolean {
    return this.#operations.has(operation);
  }

  /** What a request body has that its operation does not know, or has in another form. */
  checkRequest(operation: string, body: unknown): readonly string[] {
    const { value, file } = this.#operations.get(operation) as Found<Operation>;
    if (body === undefined) return [];
    const parameters = (value.parameters ?? []).map((one) => this.#resolve(one, file));
    const taken = parameters.find((one) => (one.value as { in?: string }).in === 'body');
    if (!taken) return ['a body'];
    return this.#check(body, { value: (taken.value as { schema?: Schema }).schema ?? {}, file: taken.file }, '');
  }

  /** The same of an answer; errors are left to their own tests. */
  checkResponse(operation: string, status: number, body: unknown): readonly string[] {
    const { value, file } = this.#operations.get(operation) as Found<Operation>;
    if (status >= 400 || status === 0) return [];
    const response = value.responses?.[String(status)];
    if (!response) return [`status ${status}`];
    if (body === undefined) return [];
    return response.schema ? this.#check(body, { value: response.schema, file }, '') : ['a body'];
  }

  #check(body: unknown, schema: Found<Schema>, path: string): readonly string[] {
    const { value, file } = this.#resolve(schema.value, schema.file);
    if (Array.isArray(body)) {
      const items = value.items;
      if (value.type !== 'array' || !items) return [`${path}: an array`];
      return [...new Set(body.flatMap((item) => this.#check(item, { value: items, file }, `${path}[]`)))];
    }
    if (typeof body === 'object' && body !== null) return this.#checkObject(body as Json, { value, file }, path);
    return wrongScalar(body, value) ? [`${path}: ${JSON.stringify(body)}`] : [];
  }

  #checkObject(body: Json, schema: Found<Schema>, path: string): readonly string[] {
    const concrete = this.#concrete(body, schema);
    const known = this.#properties(concrete);
    if (known.open) return [];
    const required = known.required
      .filter((name) => body[name] === undefined)
      .map((name) => `${path}.${name}: missing`);
    return [
      ...required,
      ...Object.entries(body).flatMap(([name, value]) => {
        if (value === undefined || value === null) return [];
        const property = known.all.get(name);
        return property ? this.#check(value, property, `${path}.${name}`) : [`${path}.${name}`];
      }),
    ];
  }

  /** The kind of thing that the body says it is, where its schema is for several. */
  #concrete(body: Json, { value, file }: Found<Schema>): Found<Schema> {
    if (!value.discriminator) return { value, file };
    const definitions = (this.#document(file).definitions ?? {}) as Record<string, Schema>;
    const kind = body[value.discriminator];
    const found = Object.entries(definitions).find(
      ([name, one]) => (one['x-ms-discriminator-value'] ?? name) === kind && one.allOf,
    );
    return found ? { value: found[1], file } : { value, file };
  }

  #properties({ value, file }: Found<Schema>): {
    readonly all: ReadonlyMap<string, Found<Schema>>;
    readonly required: readonly string[];
    readonly open: boolean;
  } {
    const parents = (value.allOf ?? []).map((parent) => this.#properties(this.#resolve(parent, file)));
    const own = Object.entries(value.properties ?? {}).map(([name, one]) => [name, { value: one, file }] as const);
    const all = new Map([...parents.flatMap((parent) => [...parent.all]), ...own]);
    const isBare = all.size === 0 && !value.allOf;
    return {
      all,
      required: [...parents.flatMap((parent) => parent.required), ...(value.required ?? [])],
      open: Boolean(value.additionalProperties) || isBare || parents.some((parent) => parent.open),
    };
  }

  #resolve<T extends Schema>(value: T, file: string): Found<T> {
    if (typeof value.$ref !== 'string') return { value, file };
    const [where = '', pointer = ''] = value.$ref.split('#');
    const target = where === '' ? file : resolve(dirname(file), where);
    // Not all files that are named need be there: nothing can be said of what stands in them.
    if (!this.#documents.has(target) && !existsSync(target))
      return { value: { additionalProperties: true } as T, file };
    const found = pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((at, name) => (at as Json)[name], this.#document(target));
    return this.#resolve(found as T, target);
  }

  #document(file: string): Json {
    const known = this.#documents.get(file);
    if (known) return known;
    const read = JSON.parse(readFileSync(file, 'utf8')) as Json;
    this.#documents.set(file, read);
    return read;
  }
}

function wrongScalar(body: unknown, { type, enum: values, 'x-ms-enum': kind }: Schema): boolean {
  // An open list is one whose values the SDK takes as text.
  if (values && !kind?.modelAsString) return !values.includes(body);
  if (type === 'integer') return !Number.isInteger(body);
  if (type === 'number') return typeof body !== 'number';
  return type === 'string' || type === 'boolean' ? typeof body !== type : false;
}
