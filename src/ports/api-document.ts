/** The parts of an OpenAPI 3.1 document that Drawbridge writes ("OpenAPI Specification", version 3.1.1), for whoever shows one. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, ApiAnswer>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/** One method at one path. */
export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly required: true; readonly content: ApiContent };
  readonly responses: Readonly<Record<string, ApiAnswer | { readonly $ref: string }>>;
  readonly security?: ApiDocument['security'];
}

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

interface ApiAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content: ApiContent;
}

/** Schemas by media type. */
type ApiContent = Readonly<Record<string, { readonly schema: object }>>;
