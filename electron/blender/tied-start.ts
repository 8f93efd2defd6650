import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/** A program and its arguments as they are spawned. */
export type CommandLine = readonly [program: string, args: readonly string[]];

/**
 * On Linux the kernel ends what is started like this when we die, from its first moment on: Blender
 * needs seconds to come to our runner, which asks for the same. Elsewhere, and where `setpriv`
 * (util-linux) can't do it, the command as it is. Rejects as `spawn` does for a program that is not there.
 */
export async function tiedToUs(program: string, args: readonly string[]): Promise<CommandLine> {
  if (process.platform !== 'linux') return [program, args];
  canTie ??= execa('setpriv', ['--pdeathsig', 'KILL', 'true'], { reject: false }).then(
    ({ failed }) => !failed,
  );
  if (!(await canTie)) return [program, args];
  // What could not be started would otherwise be an end of setpriv, with its words.
  await checkProgram(program);
  return ['setpriv', ['--pdeathsig', 'KILL', '--', program, ...args]];
}

let canTie: Promise<boolean> | undefined;

async function checkProgram(program: string): Promise<void> {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  const places = folders.map((folder) => (folder === '' ? program : join(folder, program)));
  const errors = await Promise.all(
    places.map((place) => access(place, constants.X_OK).catch((error: Error) => error)),
  );
  if (!errors.includes(undefined)) throw errors[0];
}
