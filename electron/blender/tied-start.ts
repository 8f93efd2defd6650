import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/** A program and its arguments as they are spawned. */
export type CommandLine = readonly [program: string, args: readonly string[]];

/**
 * On Linux the kernel ends what is started like this when we die, from its first moment on: Blender
 * needs seconds to come to our runner, which asks for the same. Elsewhere, and where `setpriv`
 * (util-linux) can't do it, the command as it is: also for a program that is not there, so that `spawn`
 * says so and not setpriv.
 */
export async function tiedToUs(program: string, args: readonly string[]): Promise<CommandLine> {
  if (process.platform !== 'linux') return [program, args];
  canTie ??= execa('setpriv', ['--pdeathsig', 'KILL', 'true'], { reject: false }).then(
    ({ failed }) => !failed,
  );
  if (!(await canTie) || !(await canRun(program))) return [program, args];
  return ['setpriv', ['--pdeathsig', 'KILL', '--', program, ...args]];
}

/** The name of Blender on Flathub, and of the program that Flatpak exports to start it. */
export const FLATPAK_ID = 'org.blender.Blender';

/**
 * What Flatpak exports starts Blender in a sandbox with a temporary folder of its own. Ours, where the runner and
 * what checks write lie, has to be let in, and so has what that build may not see of the disk. Other programs as they are.
 */
export function throughFlatpak(program: string, args: readonly string[]): CommandLine {
  const exported = /^(.*)\/exports\/bin\/([^/]+)$/.exec(program);
  if (exported?.[2] !== FLATPAK_ID) return [program, args];
  const whose = exported[1] === '/var/lib/flatpak' ? '--system' : '--user';
  const sees = ['host', tmpdir()].map((folder) => `--filesystem=${folder}`);
  return ['flatpak', ['run', whose, ...sees, '--die-with-parent', FLATPAK_ID, ...args]];
}

let canTie: Promise<boolean> | undefined;

async function canRun(program: string): Promise<boolean> {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  const tries = folders.map((folder) =>
    access(folder === '' ? program : join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(tries)).includes(true);
}
