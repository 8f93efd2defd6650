import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Every page that a person reads, by its path from the root of the project. */
export async function documents(): Promise<ReadonlyMap<string, string>> {
  const inRoot = (await readdir(ROOT)).filter((name) => name.endsWith('.md'));
  const inDocs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
  const pages = [...inRoot, ...inDocs.map((name) => `docs/${name}`)].sort();
  return new Map(
    await Promise.all(
      pages.map(async (page) => [page, await readFile(join(ROOT, page), 'utf8')] as const),
    ),
  );
}

/** The text of each fenced block of a language, in the order of the page. */
export function blocks(page: string, language: string): readonly string[] {
  const fences = page.matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...fences].flatMap(([, is, text = '']) => (is === language ? [text] : []));
}

const COMMAND = /^(?:npx|npm|node|nightshift) /;

/** Commands of a page: the lines of its shell blocks, without their comments, and what stands as code in its text. */
export function commands(page: string): readonly string[] {
  const lines = blocks(page, 'sh').flatMap((block) => block.split('\n'));
  const text = page.replaceAll(/^```.*?^```$/gms, '');
  const inText = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const said = lines.map((line) => line.replace(/(^|\s+)#.*$/, '').trim());
  const all = [...said, ...inText.filter((code) => COMMAND.test(code))];
  return [...new Set(all)].filter((line) => line !== '');
}
