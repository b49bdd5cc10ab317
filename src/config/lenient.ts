import { z } from 'zod';
import { type Config, configSchema } from './schema.ts';

/** A value of which any part may be absent, because it was wrong. */
type Lenient<T> = T extends readonly (infer E)[]
  ? readonly (Lenient<E> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Lenient<T[K]> | undefined }
    : T;

/** The configuration as far as its shape is right. */
export type Known = Lenient<Config>;

const SCHEMA = loosened(configSchema);

/** Reads what is right of a configuration, so that a fault of one setting does not hide those of others. */
export function knownOf(raw: unknown): Known | undefined {
  return SCHEMA.parse(raw) as Known | undefined;
}

/** The same schema, in which what is wrong is absent. */
function loosened(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape).map(([key, value]) => [key, loosened(value)] as const);
    return z.object(Object.fromEntries(shape)).optional().catch(undefined);
  }
  if (schema instanceof z.ZodArray) return z.array(loosened(schema.element)).optional().catch(undefined);
  if (schema instanceof z.ZodRecord) {
    return z.record(z.string(), loosened(schema.valueType)).optional().catch(undefined);
  }
  if (schema instanceof z.ZodOptional) return loosened(schema.unwrap());
  if (schema instanceof z.ZodDefault) return loosened(schema.unwrap()).default(schema.def.defaultValue);
  if (schema instanceof z.ZodPrefault) return loosened(schema.unwrap()).prefault(schema.def.defaultValue);
  return (schema as z.ZodType).optional().catch(undefined);
}
