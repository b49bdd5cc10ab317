import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';
import type { Fault } from './fault.ts';
import { references } from './fields.ts';
import { type Config, configSchema } from './schema.ts';
import { isStored, readReference } from './secret-reference.ts';
import { secretFault } from './secrets.ts';

type Path = Fault['path'];

/** A setting that leads somewhere else. */
interface Reference {
  readonly path: Path;
  readonly to: 'secret' | 'file';
  readonly text: string;
  /** Whatever uses it takes the newest value. */
  readonly isLive: boolean;
}

/** What the configuration refers to and cannot be had here: secrets that are not set, files that cannot be read. All of them. */
export function referenceFaults(config: Config): readonly Fault[] {
  return referencesAt(configSchema, config, []).flatMap(({ path, to, text }) => {
    if (to === 'file') return canBeRead(text) ? [] : [{ path, message: `the file ${text} cannot be read` }];
    const fault = secretFault(text);
    return fault === undefined ? [] : [{ path, message: `the secret ${text} ${fault}` }];
  });
}

/** A secret that a store has, and what of the configuration takes it up only at a start. */
export interface StoredSecret {
  readonly reference: string;
  /** The settings that name it and take no newer value: `marks.keys`. */
  readonly fixed: readonly string[];
}

/** All secrets that are in stores, each once. */
export function storedSecrets(config: Config): readonly StoredSecret[] {
  const found = new Map<string, string[]>();
  for (const { path, to, text, isLive } of referencesAt(configSchema, config, [])) {
    if (to !== 'secret' || !isStored(readReference(text))) continue;
    const fixed = found.get(text) ?? [];
    found.set(text, isLive ? fixed : [...fixed, path.filter((part) => typeof part === 'string').join('.')]);
  }
  return [...found].map(([reference, fixed]) => ({ reference, fixed }));
}

/** Goes through the schema with the value: a secret is one because its setting says so, not because it looks like one. */
function referencesAt(schema: unknown, value: unknown, path: Path): readonly Reference[] {
  if (value === undefined) return [];
  const leads = references.get(schema as z.ZodType);
  if (leads) return [{ path, to: leads.to, text: String(value), isLive: leads.isLive ?? false }];
  if (schema instanceof z.ZodObject) {
    const parts = value as Readonly<Record<string, unknown>>;
    return Object.entries(schema.shape).flatMap(([key, part]) => referencesAt(part, parts[key], [...path, key]));
  }
  if (schema instanceof z.ZodArray) {
    return (value as readonly unknown[]).flatMap((one, i) => referencesAt(schema.element, one, [...path, i]));
  }
  if (schema instanceof z.ZodRecord) {
    const parts = value as Readonly<Record<string, unknown>>;
    return Object.entries(parts).flatMap(([key, one]) => referencesAt(schema.valueType, one, [...path, key]));
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return referencesAt(schema.unwrap(), value, path);
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
