import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { ROOT, read } from './files.ts';

const require = createRequire(import.meta.url);
await Parser.init();
const parser = new Parser().setLanguage(
  await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')),
);
const FILES = globSync('manifests/**/*.bicep', { cwd: ROOT }).toSorted();

function nodes(node: Node | null): readonly Node[] {
  return node === null ? [] : [node, ...node.children.flatMap(nodes)];
}

/** Where a text is no Bicep, by its line. */
function faultsOf(text: string): readonly string[] {
  const faults = nodes(parser.parse(text)?.rootNode ?? null).filter(({ isError, isMissing }) => isError || isMissing);
  return faults.map(({ startPosition, text: what }) => `${startPosition.row + 1}: ${what.split('\n', 1)[0]}`);
}

/** What is declared, and by which name. */
function declared(text: string, type: string): readonly string[] {
  return nodes(parser.parse(text)?.rootNode ?? null)
    .filter((node) => node.type === type)
    .map((node) => node.children.find((child) => child.type === 'identifier')?.text ?? '');
}

it.each(FILES)('%s is Bicep by its grammar', (file) => {
  expect(faultsOf(read(file))).toEqual([]);
});

it('are all that there are, and a wrong one is told', () => {
  expect(FILES).toEqual([
    'manifests/azure/container-apps.bicep',
    'manifests/azure/roles.bicep',
    'manifests/sentinel/sentinel.bicep',
  ]);
  expect(faultsOf("param name string\nresource x 'a@b' = {\n  name: name\n")).not.toEqual([]);
  expect(faultsOf("resource 'a@b' = {\n  name: 'x'\n}\n")).not.toEqual([]);
});

it.each(FILES)('%s uses each of its parameters and variables', (file) => {
  const text = read(file);
  const names = [...declared(text, 'parameter_declaration'), ...declared(text, 'variable_declaration')];
  expect(names.length).toBeGreaterThan(0);
  const uses = (name: string) => [...text.matchAll(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g'))].length;
  expect(names.filter((name) => name === '' || uses(name) < 2)).toEqual([]);
});

it.each(FILES)('%s names each resource with the version of its API', (file) => {
  const types = nodes(parser.parse(read(file))?.rootNode ?? null)
    .filter(({ type }) => type === 'resource_declaration')
    .map((node) => node.children.find(({ type }) => type === 'string')?.text ?? '');
  expect(types.length).toBeGreaterThan(0);
  // A resource within another may leave out what that has.
  for (const type of types) expect(type).toMatch(/^'(?:Microsoft\.\w+(?:\/\w+)+@20\d\d-\d\d-\d\d|\w+)'$/);
});
