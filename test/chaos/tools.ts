import { access, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BLENDER } from '../helpers/make-blend.ts';
import type { Tools } from './night.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Copies what is under test, so that a build or an edit in the meantime doesn't mix two versions.
 * Below node_modules, so that the command finds its packages.
 */
export async function copyTools(): Promise<Tools & { readonly remove: () => Promise<void> }> {
  const cache = join(ROOT, 'node_modules/.cache/nightshift-chaos');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'tools-'));
  const built = join(ROOT, 'out/cli');
  await access(join(built, 'main.cjs')).catch(() => {
    throw new Error('Nightshift has not been built: run `npm run build` first.');
  });
  await cp(built, join(folder, 'cli'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await cp(join(ROOT, 'test/stand-ins'), join(folder, 'stand-ins'), { recursive: true });
  await cp(join(ROOT, 'test/chaos/clock.mjs'), join(folder, 'clock.mjs'));
  return {
    cli: join(folder, 'cli/main.cjs'),
    standIn: join(folder, 'stand-ins/fake-blender.mjs'),
    clock: join(folder, 'clock.mjs'),
    blender: BLENDER,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
