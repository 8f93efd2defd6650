import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { execa } from 'execa';

export interface SmallDisk {
  readonly folder: string;
  readonly unmount: () => Promise<void>;
  /** Unmounts it, and leaves what was on it in its place. */
  readonly keepFiles: () => Promise<void>;
}

/** A disk of so many MiB over a folder. `null` where that is not allowed: it needs root on Linux. */
export async function mountSmallDisk(folder: string, mib: number): Promise<SmallDisk | null> {
  await mkdir(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder];
  const mounted = await execa('mount', options, { reject: false });
  if (mounted.failed) return null;
  // What still runs there is found by other means; the disk must not stay in any case.
  const unmount = async () => {
    await execa('umount', ['-l', folder], { reject: false });
  };
  return {
    folder,
    unmount,
    keepFiles: async () => {
      const beside = `${folder}-was`;
      await cp(folder, beside, { recursive: true });
      await unmount();
      await rm(folder, { recursive: true, force: true });
      await rename(beside, folder);
    },
  };
}
