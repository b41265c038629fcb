import { spawnSync } from 'node:child_process';

/** Runs `npm` or `npx` in a folder; an `Error` with what it said where it fails. */
export function runNpm(
  command: 'npm' | 'npx',
  { args, folder }: { readonly args: readonly string[]; readonly folder: string },
): void {
  // What an outer npm was told is not meant for this one.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')),
  );
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    env: { ...env, TURBO_TELEMETRY_DISABLED: '1' },
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 2 ** 26,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${(stderr || stdout).slice(-500)}`);
}
