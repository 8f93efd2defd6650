import type { BlenderInfo } from './batch.ts';
import type { Failure } from './failure.ts';

/** How a Blender came to be where it is, the more telling ones first. */
export const BLENDER_SOURCES = [
  'variable',
  'added',
  'steam',
  'flatpak',
  'snap',
  'store',
  'package',
  'application',
  'archive',
  'registry',
  'path',
] as const;
export type BlenderSource = (typeof BLENDER_SOURCES)[number];

/** A Blender of this machine that answers. */
export interface BlenderInstall extends BlenderInfo {
  readonly source: BlenderSource;
}

/** What looks like a Blender and does not say which one it is. */
export interface SilentBlender {
  readonly path: string;
  readonly source: BlenderSource;
  readonly failure: Failure;
}

/** What a look over the machine came to; newest first. */
export interface BlenderInstalls {
  readonly found: readonly BlenderInstall[];
  readonly silent: readonly SilentBlender[];
  /** Programs, folders and apps that the artist added, as they were shown. */
  readonly added: readonly string[];
}

/** After the artist added a place: what there is now, and the newest Blender of that place. */
export interface BlendersAdded {
  readonly installs: BlenderInstalls;
  readonly path: string;
}

/** The one that renders where nothing says which: the one of the variable, else the newest. */
export function defaultBlender<T extends BlenderInfo & { readonly source?: BlenderSource }>(
  found: readonly T[],
): T | null {
  return found.find(({ source }) => source === 'variable') ?? found[0] ?? null;
}

/** Positive if `a` is the newer one of two such as `4.3.2`; a part that is not said, as in `4.3`, counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Behind version and path, wherever a Blender is named. */
export const BLENDER_SOURCE_LABELS: Readonly<Record<BlenderSource, string>> = {
  added: 'added by you',
  variable: 'NIGHTSHIFT_BLENDER',
  steam: 'Steam',
  flatpak: 'Flatpak',
  snap: 'Snap',
  store: 'Microsoft Store',
  package: 'system package',
  application: 'installed',
  archive: 'unpacked',
  registry: 'registry',
  path: 'PATH',
};

/** Such as `Blender 5.2.2 (Steam)`. */
export function installTitle({ version, source }: BlenderInstall): string {
  return `Blender ${version} (${BLENDER_SOURCE_LABELS[source]})`;
}
