import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';

/** A disk of so many MiB over a folder. `null` where that is not allowed: it needs root on Linux. */
export async function mountSmallDisk(
  folder: string,
  mib: number,
): Promise<{ readonly unmount: () => Promise<void> } | null> {
  await mkdir(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder];
  const mounted = await execa('mount', options, { reject: false });
  if (mounted.failed) return null;
  return {
    unmount: async () => {
      // What still runs there is found by other means; the disk must not stay in any case.
      await execa('umount', ['-l', folder], { reject: false });
    },
  };
}
