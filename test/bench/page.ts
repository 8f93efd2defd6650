import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const BEGIN = '<!-- Made by npm run bench: from here -->';
const END = '<!-- to here -->';

/** Puts the tables between their marks in the page; what a person wrote around them stays. */
export async function writePage(folder: string, tables: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'performance.md');
  const before = await readFile(file, 'utf8').catch(() => `# Performance\n\n${BEGIN}\n${END}\n`);
  const from = before.indexOf(BEGIN);
  const to = before.indexOf(END);
  if (from < 0 || to < from) {
    throw new Error(`${file} has lost the lines "${BEGIN}" and "${END}": put them back.`);
  }
  const page = `${before.slice(0, from)}${BEGIN}\n\n${tables}\n\n${before.slice(to)}`;
  await writeFile(file, page);
  return file;
}
