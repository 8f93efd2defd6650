import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import type { Expected } from '../../electron/engine/proof/prove-image.ts';
import type { OutputFormat } from '../../shared/formats.ts';
import { BLENDER } from '../helpers/make-blend.ts';

/** Pictures that a real Blender has just saved, by file name. */
export interface Frames {
  readonly folder: string;
  readonly files: ReadonlyMap<string, Buffer>;
  remove(): Promise<void>;
}

export const WIDTH = 64;
export const HEIGHT = 36;

/** One Blender run: one tiny picture in every format, depth, colour mode and codec of interest. */
export async function makeFrames(): Promise<Frames> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-frames-'));
  const script = resolve(import.meta.dirname, 'make-frames.py');
  const options = ['-b', '-Y', '--factory-startup', '--python-exit-code', '3', '-P', script];
  await execa(BLENDER, [...options, '--', folder, String(WIDTH), String(HEIGHT)]);
  const names = (await readdir(folder)).sort();
  const read = async (name: string) => [name, await readFile(join(folder, name))] as const;
  const files = new Map(await Promise.all(names.map(read)));
  return { folder, files, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** What a file of that name has to be. */
export function expectedOf(name: string): Expected {
  const [kind = ''] = name.split('-');
  const format = FORMATS[kind];
  if (!format) throw new Error(`No format for ${name}`);
  return { format, width: WIDTH, height: HEIGHT };
}

const FORMATS: Readonly<Record<string, OutputFormat>> = {
  png: 'PNG',
  jpeg: 'JPEG',
  tiff: 'TIFF',
  webp: 'WEBP',
  exr: 'OPEN_EXR',
  multilayer: 'OPEN_EXR_MULTILAYER',
};
