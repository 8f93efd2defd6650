// Draws assets/icon.svg at every size that a desktop asks for, and assets/tray.svg for the tray: `node build/make-icons.mjs`.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { projectRoot } from './setup/paths.mjs';

const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const svg = await readFile(join(projectRoot, 'assets/icon.svg'));
const folder = join(projectRoot, 'assets/icons');
await mkdir(folder, { recursive: true });
for (const size of sizes) {
  // 72 dots an inch draw the SVG at its own 1024; drawing larger than needed keeps edges clean.
  await draw(svg, 72, size, join(folder, `${size}x${size}.png`));
}

const moon = await readFile(join(projectRoot, 'assets/tray.svg'), 'utf8');
const tray = join(projectRoot, 'assets/tray');
await mkdir(tray, { recursive: true });
// Of a template macOS takes only the shape, and colours it as its menu bar is.
const shapes = { tray: moon, trayTemplate: moon.replaceAll('#7aa7ff', '#000') };
for (const [name, shape] of Object.entries(shapes)) {
  await draw(Buffer.from(shape), 1152, 16, join(tray, `${name}.png`));
  await draw(Buffer.from(shape), 1152, 32, join(tray, `${name}@2x.png`));
}
console.log(`${sizes.length} icons are in ${folder}, those of the tray in ${tray}`);

async function draw(svg, density, size, file) {
  await sharp(svg, { density }).resize(size, size).png({ compressionLevel: 9 }).toFile(file);
}
