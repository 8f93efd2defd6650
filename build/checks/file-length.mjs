// Fails when a source file of ours has grown past the size that a person reads in one go.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { projectRoot } from '../setup/paths.mjs';

const limit = 300;
const files = await glob(
  ['{electron,renderer,shared,test,build}/**/*.{ts,tsx,mjs,cjs,css,py,html}'],
  {
    cwd: projectRoot,
  },
);
const sizes = await Promise.all(
  files.sort().map(async (file) => ({ file, lines: await count(file) })),
);
const tooLong = sizes.filter(({ lines }) => lines > limit);
for (const { file, lines } of tooLong) {
  console.error(`${file} has ${lines} lines; the limit is ${limit}.`);
}
process.exitCode = tooLong.length > 0 ? 1 : 0;

async function count(file) {
  const text = await readFile(join(projectRoot, file), 'utf8');
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
