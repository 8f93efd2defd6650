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

export interface Said {
  readonly page: string;
  readonly command: string;
  /** It stands in a shell block, to be typed as it is; else in a sentence, and may be only a name. */
  readonly inBlock: boolean;
}

/** Commands of a page: the lines of its shell blocks, without their comments, and what stands as code in its text. */
export function commands(page: string, text: string): readonly Said[] {
  const lines = blocks(text, 'sh').flatMap((block) => block.split('\n'));
  const outside = text.replaceAll(/^```.*?^```$/gms, '');
  const inText = [...outside.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [
    ...lines
      .map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
      .filter((command) => command !== '')
      .map((command) => ({ page, command, inBlock: true })),
    ...inText
      .filter((code) => COMMAND.test(code))
      .map((command) => ({ page, command, inBlock: false })),
  ];
}
