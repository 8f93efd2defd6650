// Draws assets/icon.svg at every size that a desktop asks for, puts these into the one file that Windows and
// the one that macOS want, and draws assets/tray.svg for the tray: `node build/make-icons.mjs`.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IconIcns, IconIco } from '@shockpkg/icon-encoder';
import sharp from 'sharp';
import { projectRoot } from './setup/paths.mjs';

const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** An ICO can't hold a larger one. */
const icoSizes = sizes.filter((size) => size <= 256);
/** Apple's types in the order that its own iconutil writes them; a few are the same picture for a finer screen. */
const icnsTypes = [
  [64, 'ic12'],
  [128, 'ic07'],
  [256, 'ic13'],
  [256, 'ic08'],
  [16, 'ic04'],
  [512, 'ic14'],
  [512, 'ic09'],
  [32, 'ic05'],
  [1024, 'ic10'],
  [32, 'ic11'],
];

const svg = await readFile(join(projectRoot, 'assets/icon.svg'));
const folder = join(projectRoot, 'assets/icons');
await mkdir(folder, { recursive: true });
// 72 dots an inch draw the SVG at its own 1024; drawing larger than needed keeps edges clean.
for (const size of sizes) await draw(svg, 72, size, pngOf(size));
await writeFile(join(folder, 'icon.ico'), await icoFile());
await writeFile(join(folder, 'icon.icns'), await icnsFile());

const moon = await readFile(join(projectRoot, 'assets/tray.svg'), 'utf8');
const tray = join(projectRoot, 'assets/tray');
await mkdir(tray, { recursive: true });
// Of a template macOS takes only the shape, and colours it as its menu bar is.
const shapes = { tray: moon, trayTemplate: moon.replaceAll('#7aa7ff', '#000') };
for (const [name, shape] of Object.entries(shapes)) {
  await draw(Buffer.from(shape), 1152, 16, join(tray, `${name}.png`));
  await draw(Buffer.from(shape), 1152, 32, join(tray, `${name}@2x.png`));
}
console.log(
  `${sizes.length} PNGs, icon.ico and icon.icns are in ${folder}, those of the tray in ${tray}`,
);

function pngOf(size) {
  return join(folder, `${size}x${size}.png`);
}

async function draw(svg, density, size, file) {
  await sharp(svg, { density }).resize(size, size).png({ compressionLevel: 9 }).toFile(file);
}

/** Bitmaps below 64 pixels, which old readers of icons want there, and PNGs above. */
async function icoFile() {
  const ico = new IconIco();
  for (const size of icoSizes) await ico.addFromPng(await readFile(pngOf(size)), null, true);
  return ico.encode();
}

async function icnsFile() {
  const icns = new IconIcns();
  for (const [size, type] of icnsTypes) {
    await icns.addFromPng(await readFile(pngOf(size)), [type], true);
  }
  return icns.encode();
}
