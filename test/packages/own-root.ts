import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A root folder that begins as this computer is; what is changed in it stays in memory, and ends with it. */
export interface OwnRoot {
  /** Of the root, absolute; a path in it is seen from outside behind this. */
  readonly folder: string;
  /** Runs a program in it, standing in its `/`. Rejects where it fails. */
  run(program: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** Needs root, overlayfs and a mount namespace of its own, as `npm run test:packages` gives it. */
export async function makeOwnRoot(): Promise<OwnRoot> {
  const place = await mkdtemp(join(tmpdir(), 'nightshift-root-'));
  const folder = join(place, 'root');
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', place]);
  for (const name of ['up', 'work', 'root']) await mkdir(join(place, name));
  const layers = `lowerdir=/,upperdir=${join(place, 'up')},workdir=${join(place, 'work')}`;
  await execa('mount', ['-t', 'overlay', 'overlay', '-o', layers, folder]);
  for (const name of ['proc', 'dev', 'sys']) {
    await execa('mount', ['--rbind', `/${name}`, join(folder, name)]);
  }
  return {
    folder,
    run: async (program, ...args) => {
      const { stdout, stderr } = await execa('chroot', [folder, program, ...args], { cwd: '/' });
      return `${stdout}\n${stderr}`.trim();
    },
    remove: async () => {
      // Lazily: what is mounted below goes with it.
      await execa('umount', ['--lazy', '--recursive', place]);
      await rm(place, { recursive: true });
    },
  };
}
