import { compareVersions } from '../../shared/blender-install.ts';
import { blocksOf, frontOf, HEADER_BYTES, headerOf } from './blend-front.ts';

/**
 * The version of Blender that saved a file, such as `4.3`, from its first bytes, however they are packed; `null` for
 * what is no `.blend`, and for what can't be read: who opens it says what is wrong.
 */
export async function savedBy(file: string): Promise<string | null> {
  return headerOf(await frontOf(file, HEADER_BYTES))?.version ?? null;
}

/** Room for the ranges of as many scenes as one file has. */
const RANGES_BYTES = 4096;

/**
 * The first and the last frame of each scene of a `.blend`, by the scene's name, without opening it; `null` where that can't
 * be read. They stand before everything else (`REND` in `blenloader/intern/writefile.cc`, whose steps are not there).
 */
export async function sceneRanges(
  file: string,
): Promise<ReadonlyMap<string, readonly [number, number]> | null> {
  const front = await frontOf(file, RANGES_BYTES);
  if (headerOf(front)?.isOtherOrder !== false) return null;
  const ranges = new Map<string, readonly [number, number]>();
  for (const { code, data } of blocksOf(front)) {
    if (code !== 'REND' || data.length < 8) break;
    const [name = ''] = data.toString('utf8', 8).split('\0');
    ranges.set(name, [data.readInt32LE(0), data.readInt32LE(4)]);
  }
  return ranges;
}

/** Whether a file of this version needs a newer Blender than this one: `5.0` does on `4.5.3`, `4.5` does not. */
export function isNewerFile(saved: string, blender: string): boolean {
  return compareVersions(saved, blender) > 0;
}
