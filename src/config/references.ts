import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';
import type { Fault } from './fault.ts';
import { references } from './fields.ts';
import { type Config, configSchema } from './schema.ts';
import { isSet } from './secrets.ts';

type Path = Fault['path'];

/** What the configuration refers to and cannot be had here: secrets that are not set, files that cannot be read. All of them. */
export function referenceFaults(config: Config): readonly Fault[] {
  return faultsAt(configSchema, config, []);
}

/** Goes through the schema with the value: a secret is one because its setting says so, not because it looks like one. */
function faultsAt(schema: unknown, value: unknown, path: Path): readonly Fault[] {
  if (value === undefined) return [];
  const to = references.get(schema as z.ZodType)?.to;
  if (to === 'secret') return isSet(String(value)) ? [] : [{ path, message: `the secret ${value} is not set` }];
  if (to === 'file') return canBeRead(String(value)) ? [] : [{ path, message: `the file ${value} cannot be read` }];
  if (schema instanceof z.ZodObject) {
    const parts = value as Readonly<Record<string, unknown>>;
    return Object.entries(schema.shape).flatMap(([key, part]) => faultsAt(part, parts[key], [...path, key]));
  }
  if (schema instanceof z.ZodArray) {
    return (value as readonly unknown[]).flatMap((one, i) => faultsAt(schema.element, one, [...path, i]));
  }
  if (schema instanceof z.ZodRecord) {
    const parts = value as Readonly<Record<string, unknown>>;
    return Object.entries(parts).flatMap(([key, one]) => faultsAt(schema.valueType, one, [...path, key]));
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return faultsAt(schema.unwrap(), value, path);
  return [];
}

function canBeRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
