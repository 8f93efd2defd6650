import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wordsOf } from '../../electron/hosts/launcher/launcher.ts';
import { makeCli } from '../cli/rig.ts';
import { commands, documents, ROOT, type Said } from './documents.ts';

/** What is no command by itself: a part of one, as it stands in a sentence. */
const PARTS = /…|^npx nightshift$|<[a-z]+>/;

/** Commands that need what a test of their own brings: the file that runs them, and a word of how it does. */
const ELSEWHERE: readonly (readonly [command: RegExp, test: string, word: string])[] = [
  [/ --on slurm|^npx nightshift seats/, 'test/slurm/night.ts', "'--on', 'slurm'"],
  [/ follow shots --cancel/, 'test/slurm/detach.test.ts', "'follow', 'shots', '--cancel'"],
  [/ --tell | tell (test|preview) /, 'test/cli/tell.test.ts', "'--tell', file"],
  [/ movie shots$/, 'test/cli/movie.test.ts', "'movie', 'shots'"],
  [/^npm pack$/, 'test/package/project.ts', "'pack'"],
  [/^npm install \.\/nightshift-/, 'test/package/project.ts', "'install'"],
];

test('every nightshift command of every document does what it should', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  for (const name of ['sh0010', 'sh0040']) await cli.file(`${name}.blend`, 'BLENDER-v403RENDH');
  const all = await said(/^(npx )?nightshift /);
  // What several pages say is run once.
  const once = new Map(all.map((one) => [one.command.replace(/^npx /, ''), one]));
  expect(once.size).toBeGreaterThan(5);
  for (const { page, command, inBlock } of once.values()) {
    if (await isRunElsewhere(command)) continue;
    const [name = '', ...rest] = wordsOf(command.replace(/^(npx )?nightshift /, ''), false);
    if (!inBlock && rest.every((word) => word.startsWith('--'))) {
      const help = await cli.run(name, '--help');
      expect(help.code, `${page}: ${command}\n${help.err}`).toBe(0);
      for (const option of rest) expect(help.out, `${page}: ${command}`).toContain(option);
      continue;
    }
    // They speak of a batch that another command before them has rendered, and one may have cleared.
    if (/^(follow|report|clear)$/.test(name)) {
      const first = await cli.run('render', 'shots', '-o', 'frames');
      expect(first.code, first.err).toBe(0);
    }
    // Pages name it before they say what puts a folder there.
    if (name === 'queue' && rest[0] !== 'add') await cli.run('queue', 'add', 'shots');
    const { code, err } = await cli.run(name, ...rest);
    expect(code, `${page}: ${command}\n${err}`).toBe(0);
  }
});

test('every other command of every document is one of this project', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const { page, command } of await said(/^(npm|node|npx(?! nightshift)) /)) {
    if (await isRunElsewhere(command)) continue;
    const [program, first = '', second = ''] = wordsOf(command, false);
    const script = program === 'npm' ? scripts[first === 'run' ? second : first] : undefined;
    const file = program === 'node' ? first : undefined;
    const tool = program === 'npx' ? join('node_modules', '.bin', first) : undefined;
    const path = file ?? tool ?? /^node (\S+\.mjs)/.exec(script ?? '')?.[1];
    expect(script ?? path, `${page}: ${command}`).toBeDefined();
    if (path) expect(existsSync(join(ROOT, path)), `${page}: ${command}`).toBe(true);
  }
});

async function said(pattern: RegExp): Promise<readonly Said[]> {
  const all = [...(await documents())].flatMap(([page, text]) => commands(page, text));
  return all.filter(({ command }) => pattern.test(command) && !PARTS.test(command));
}

/** Throws where the test that is named does not run it. */
async function isRunElsewhere(command: string): Promise<boolean> {
  const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(command));
  if (!elsewhere) return false;
  const [, file, word] = elsewhere;
  expect(await readFile(join(ROOT, file), 'utf8'), `${file} runs ${command}`).toContain(word);
  return true;
}
