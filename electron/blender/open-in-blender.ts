import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { throughFlatpak } from './blender-command.ts';

/**
 * Opens a scene in a Blender with its window, for the artist to work in: no worker of ours, so it stays when we end.
 * Resolves when it was started; rejects with what the system says.
 * @param trusted scripts of the file may run by themselves; else Blender asks, whatever its preferences say
 */
export async function openInBlender(
  blenderPath: string,
  blend: string,
  trusted: boolean,
): Promise<void> {
  const [program, args] = throughFlatpak(blenderPath, [trusted ? '-y' : '-Y', blend]);
  const own = args.filter((each) => each !== '--die-with-parent');
  const child = spawn(program, own, { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}
