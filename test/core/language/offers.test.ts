import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Command } from '../../../src/core/language/command.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import { USAGE } from '../../../src/core/language/usage.ts';
import { CLOCK, NAMES, TABLE } from './table.ts';

function read(text: string): readonly Command[] | undefined {
  try {
    return parseCommands(text, NAMES, CLOCK);
  } catch (error) {
    expect(error).toBeInstanceOf(JitError);
    return undefined;
  }
}

describe('what comes back', () => {
  it('as the corrected command is understood as it stands, where nothing has to be filled in', () => {
    for (const { input } of TABLE) {
      try {
        parseCommands(input, NAMES, CLOCK);
      } catch (error) {
        const { correction } = error as JitError;
        const commands = [...correction.matchAll(/`(\/jit [^`]+)`/g)].map(([, command]) => command ?? '');
        expect(commands.length, input).toBeGreaterThan(0);
        for (const command of commands)
          if (!command.includes('<')) expect(read(command), `${input}: ${command}`).toBeDefined();
      }
    }
  });

  it('as an example of the help is a command', () => {
    for (const { examples } of Object.values(USAGE)) for (const one of examples) expect(read(one), one).toBeDefined();
  });
});
