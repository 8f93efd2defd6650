// Draws assets/icon.svg at every size that a desktop asks for: `node build/make-icons.mjs`.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { projectRoot } from './setup/paths.mjs';

const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const svg = await readFile(join(projectRoot, 'assets/icon.svg'));
const folder = join(projectRoot, 'assets/icons');
await mkdir(folder, { recursive: true });
for (const size of sizes) {
  const file = join(folder, `${size}x${size}.png`);
  // 72 dots an inch draw the SVG at its own 1024; drawing larger than needed keeps edges clean.
  await sharp(svg, { density: 72 }).resize(size, size).png({ compressionLevel: 9 }).toFile(file);
}
console.log(`${sizes.length} icons are in ${folder}`);
