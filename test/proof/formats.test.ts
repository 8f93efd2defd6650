import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proveImage } from '../../electron/engine/proof/prove-image.ts';
import { makePicture } from '../../electron/pictures/make-picture.ts';
import {
  aFormat,
  COLOR_DEPTHS,
  FORMATS,
  formatOfFile,
  OUTPUT_FORMATS,
  type OutputFormat,
} from '../../shared/formats.ts';
import { shotOf, told } from '../folder/folder.ts';
import { temporaryFolder } from '../journal/temporary.ts';
import { expectedOf, type Frames, HEIGHT, makeFrames, WIDTH } from './frames.ts';

let frames: Frames;
beforeAll(async () => {
  frames = await makeFrames();
});
afterAll(() => frames.remove());

/** A whole file of a format. Blender 4.3 writes no AVIF. */
async function sample(format: OutputFormat): Promise<Buffer> {
  if (format === 'AVIF') {
    const { data } = await sharp(frames.files.get('png-rgb-8.png'))
      .avif()
      .toBuffer({ resolveWithObject: true });
    return data;
  }
  const name = [...frames.files.keys()].find((one) => expectedOf(one).format === format);
  const found = name === undefined ? undefined : frames.files.get(name);
  if (!found) throw new Error(`make-frames.py saves no ${format}.`);
  return found;
}

/** What a shot file with this `output:` asks for, or what is wrong with it. */
async function outputOf(output: string) {
  const batch = await shotOf(`output: ${output}\n`);
  return batch.jobs[0]?.shotConfig?.output ?? told(batch);
}

describe.each(OUTPUT_FORMATS)('the row of %s is complete:', (format) => {
  const { aliases, depths, endings, file } = FORMATS[format];

  it('a shot may ask for it by each of its names and depths', async () => {
    for (const name of [format, format.toLowerCase().replaceAll('_', '-'), ...aliases]) {
      expect(await outputOf(`{format: ${name}}`), name).toMatchObject({ format });
    }
    for (const depth of COLOR_DEPTHS) {
      const asked = await outputOf(`{format: ${format}, color_depth: ${depth}}`);
      const isOffered = depths.some((one) => one === depth);
      if (isOffered) expect(asked).toMatchObject({ colorDepth: depth });
      else expect(String(asked)).toContain(`for ${format}, found ${depth}`);
    }
  });

  it('a name that a shot gives its frames loses the ending', async () => {
    for (const ending of endings) {
      expect(await outputOf(`{name: f_##.${ending}}`)).toMatchObject({ pattern: 'f_##' });
    }
  });

  it('its file is known, proved whole, pictured, and neither cut nor taken for another', async () => {
    const path = join(await temporaryFolder(), 'frame');
    const data = await sample(format);
    const size = { width: WIDTH, height: HEIGHT };
    await writeFile(path, data);
    expect(formatOfFile(data)).toBe(file);
    expect(await proveImage(path, { format, ...size })).toMatchObject({ whole: true });
    expect(await makePicture(path, 'row')).not.toBeNull();
    for (const other of OUTPUT_FORMATS.filter((one) => FORMATS[one].file !== file)) {
      const reason = `is ${aFormat(file)}, not ${aFormat(FORMATS[other].file)}`;
      expect(await proveImage(path, { format: other, ...size })).toEqual({ whole: false, reason });
    }
    await writeFile(path, data.subarray(0, data.length / 2));
    expect(await proveImage(path, { format, ...size })).toMatchObject({ whole: false });
  });

  it('the guide names it', async () => {
    const guide = await readFile(join(import.meta.dirname, '../../docs/guide.md'), 'utf8');
    const line = guide.split('\n').find((one) => one.trim().startsWith('format: '));
    expect(line?.split(/[ ,#]+/)).toContain(format);
  });
});
