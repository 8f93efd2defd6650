import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import builder from '../../build/electron-builder.config.mjs';
import { type IconPicture, icnsPictures, icoPictures } from './read-icons.ts';

const DRAWN_BY_ANOTHER_VERSION = 2;
const svg = await readFile('assets/icon.svg');

test('Windows gets every size of the icon in one ICO, and it is the picture of the SVG as it is now', async () => {
  expect(builder.win.icon).toBe('assets/icons/icon.ico');
  const pictures = await icoPictures(await readFile(builder.win.icon));
  expect(pictures.map(({ size }) => size)).toEqual([16, 24, 32, 48, 64, 128, 256]);
  for (const picture of pictures) await expectOfTheSvg(picture);
});

test('macOS gets every size of the icon in one ICNS, and it is the picture of the SVG as it is now', async () => {
  expect(builder.mac.icon).toBe('assets/icons/icon.icns');
  const pictures = await icnsPictures(await readFile(builder.mac.icon));
  const sizes = new Set(pictures.map(({ size }) => size));
  expect([...sizes].sort((a, b) => a - b)).toEqual([16, 32, 64, 128, 256, 512, 1024]);
  for (const picture of pictures) await expectOfTheSvg(picture);
});

test('Linux gets a PNG of each size, and they are the picture of the SVG as it is now', async () => {
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) {
    const png = sharp(`${builder.linux.icon}/${size}x${size}.png`).ensureAlpha();
    await expectOfTheSvg({ size, rgba: await png.raw().toBuffer() });
  }
});

/** Pixels that are seen are as the SVG is drawn now, but for what another version of sharp rounds differently. */
async function expectOfTheSvg({ size, rgba }: IconPicture): Promise<void> {
  const drawn = await sharp(svg, { density: 72 }).resize(size, size).ensureAlpha().raw().toBuffer();
  expect(rgba).toHaveLength(drawn.length);
  let apart = 0;
  for (let at = 0; at < drawn.length; at += 4) {
    const alpha = drawn[at + 3] ?? 0;
    apart = Math.max(apart, Math.abs(alpha - (rgba[at + 3] ?? 0)));
    for (let of = at; of < at + 3; of += 1) {
      apart = Math.max(apart, (Math.abs((drawn[of] ?? 0) - (rgba[of] ?? 0)) * alpha) / 255);
    }
  }
  expect(apart, `${size} × ${size}`).toBeLessThanOrEqual(DRAWN_BY_ANOTHER_VERSION);
}
