import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { JIT } from '../../simulators/demo/jit.ts';

const script = (shell: string) => execFileSync(process.execPath, [JIT, 'completion', shell], { encoding: 'utf8' });

/** What bash offers at the end of these words. */
function offered(bash: string, ...words: readonly string[]): readonly string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
  const ask = 'eval "$SCRIPT"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jit; printf "%s\\n" "${COMPREPLY[@]}"';
  const options = { encoding: 'utf8', env: { ...process.env, SCRIPT: bash } } as const;
  return execFileSync('bash', ['-c', ask, 'bash', 'jit', ...words], options)
    .split('\n')
    .filter(Boolean);
}

it('completion for bash knows every command and option of the table, and what is behind what', {
  timeout: 120_000,
}, () => {
  const bash = script('bash');
  expect(offered(bash, 'ap')).toEqual(['approve']);
  expect(offered(bash, 'lo')).toEqual(['lockdowns', 'login', 'logout']);
  expect(offered(bash, 'audit', 'e').toSorted()).toEqual(['erase', 'export']);
  expect(offered(bash, 'ssh', 'web-1', '--p').toSorted()).toEqual(['--port', '--proxy']);
  expect(offered(bash, 'approve', 'k7m3q9w', '')).toContain('--number');
  expect(offered(bash, 'nothing-like-it')).toEqual([]);
  expect(offered(bash, 'completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  expect(offered(bash, 'roles', 'a')).toEqual(['azure', 'aws']);
  expect(offered(bash, 'roles', 'aws', '--for', 'p')).toEqual(['protector', 'program']);
  // Nothing of our own: the shell offers files.
  expect(offered(bash, '--config', '')).toEqual([]);
  expect(offered(bash, 'audit', 'verify', '--people', '')).toEqual([]);
  expect(offered(bash, '-c', '')).toEqual([]);
  expect(offered(bash, 'close', 'a')).toEqual(['all']);
  // Bash takes --for=p apart, zsh does not.
  expect(offered(bash, 'roles', 'aws', '--for', '=')).toContain('auditor');
  expect(offered(bash, 'roles', 'aws', '--for', '=', 'p')).toEqual(['protector', 'program']);
  expect(offered(bash, 'roles', 'aws', '--for=p')).toEqual(['--for=protector', '--for=program']);
  // What stands behind it is for ssh.
  expect(offered(bash, 'ssh', 'web-1', '--', '-')).toEqual([]);
  const top = offered(bash, '');
  const help = execFileSync(process.execPath, [JIT, '--help'], { encoding: 'utf8' });
  const listed = [...(help.split('Set up:')[1]?.matchAll(/^ {2}([a-z-]+)/gm) ?? [])].map(([, name]) => name);
  expect(listed.length).toBeGreaterThan(30);
  expect(listed.filter((name) => name !== 'help' && !top.includes(name ?? ''))).toEqual([]);
});

it('completion for zsh and fish is made of the same', { timeout: 120_000 }, () => {
  expect(script('zsh')).toContain('bashcompinit');
  const fish = script('fish');
  expect(fish).toContain(`complete -c jit -n '__jit_at ""' -f -a approve -d `);
  expect(fish).toContain(`complete -c jit -n '__jit_at "/ssh"' -l proxy -d `);
  expect(fish).toContain(`complete -c jit -n '__jit_at ""' -s c -l config -r -d `);
  expect(fish).toContain(`complete -c jit -n '__jit_at "/roles"' -l for -x -a 'requester `);
  expect(() => script('powershell')).toThrow();
});
