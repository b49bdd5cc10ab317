import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { parseCommand } from '../../../src/core/language/grammar.ts';

const folder = join(import.meta.dirname, '../../../manifests/teams');
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const [bot] = manifest.bots;
const commands: readonly { readonly title: string; readonly description: string }[] = bot.commandLists[0].commands;

/** Width, height and kind of colour, from the header of a PNG (IHDR comes first). */
function pngOf(name: string) {
  const bytes = readFileSync(join(folder, name));
  return {
    signature: bytes.toString('latin1', 1, 4),
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    colour: bytes[25],
  };
}

describe('the app package', () => {
  it('is of a version that every tenant takes, and within its limits', () => {
    const [, minor] = `${manifest.manifestVersion}`.split('.');
    expect(Number(minor)).toBeLessThanOrEqual(24);
    expect(manifest.$schema).toContain(`/v${manifest.manifestVersion}/`);
    expect(manifest.name.short.length).toBeLessThanOrEqual(30);
    expect(manifest.name.full.length).toBeLessThanOrEqual(100);
    expect(manifest.description.short.length).toBeLessThanOrEqual(80);
    expect(bot.scopes).toEqual(['personal', 'team', 'groupChat']);
    expect(commands.length).toBeLessThanOrEqual(12);
    for (const { title, description } of commands) {
      expect(title.length).toBeLessThanOrEqual(32);
      expect(description.length).toBeLessThanOrEqual(128);
    }
  });

  it('offers only commands that are understood', () => {
    const understood = ({ title }: { readonly title: string }) => {
      try {
        return parseCommand(title, new Map()).verb === title;
      } catch (error) {
        return error instanceof JitError && error.code !== 'unknownCommand';
      }
    };
    expect(commands.filter((command) => !understood(command))).toEqual([]);
    expect(understood({ title: 'fly' })).toBe(false);
  });

  it('has the icons that Teams asks for: one in colour, one transparent', () => {
    expect(pngOf(manifest.icons.color)).toMatchObject({ signature: 'PNG', width: 192, height: 192 });
    expect(pngOf(manifest.icons.outline)).toEqual({ signature: 'PNG', width: 32, height: 32, colour: 6 });
  });
});
