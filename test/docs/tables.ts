import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { ERRORS } from '../../src/core/errors/errors.ts';

/** The tables that the docs hold, made from the code. */
export function errorsTable(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { kind, say, hint }]) => `| \`${code}\` | ${kind} | ${cell(say)} | ${cell(hint)} |`,
  );
  return ['| code | kind | what is said | what to do |', '|---|---|---|---|', ...rows].join('\n');
}

interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly required?: readonly string[];
}

export function settingsTable(): string {
  const shape = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Shape;
  return ['| setting | default | what it is |', '|---|---|---|', ...rows(shape, '', true)].join('\n');
}

function rows(shape: Shape, path: string, needed: boolean): string[] {
  const own = path === '' || (shape.properties && !shape.description) ? [] : [row(path, shape, needed)];
  const inner = Object.entries(shape.properties ?? {}).flatMap(([name, value]) =>
    rows(value, path === '' ? name : `${path}.${name}`, shape.required?.includes(name) ?? false),
  );
  const items = shape.items?.properties
    ? rows(
        { properties: shape.items.properties, ...(shape.items.required ? { required: shape.items.required } : {}) },
        `${path}[]`,
        false,
      )
    : [];
  return [...own, ...inner, ...items];
}

function row(path: string, shape: Shape, needed: boolean): string {
  const given = shape.default === undefined ? (needed ? '*needed*' : '') : `\`${JSON.stringify(shape.default)}\``;
  const choice = shape.enum ? ` One of ${shape.enum.map((value) => `\`${String(value)}\``).join(', ')}.` : '';
  return `| \`${path}\` | ${cell(given)} | ${cell(`${shape.description ?? ''}${choice}`.trim())} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
