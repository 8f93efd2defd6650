import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wordsOf } from '../../electron/blender/launcher.ts';
import { makeCli } from '../cli/rig.ts';
import { commands, documents, ROOT } from './documents.ts';

/** What is no command by itself: a part of one, as it stands in a sentence. */
const PARTS = /…|^npx nightshift$|<[a-z]+>/;

/** Commands that need what a test of their own brings: the file that runs them, and a word of how it does. */
const ELSEWHERE: readonly (readonly [command: RegExp, test: string, word: string])[] = [
  [/ --on slurm|^npx nightshift seats/, 'test/slurm/night.ts', "'--on', 'slurm'"],
  [/ follow shots --cancel/, 'test/slurm/detach.test.ts', "'follow', 'shots', '--cancel'"],
];

test('every nightshift command of every document does what it should', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  const said = await all((command) => /^(npx )?nightshift /.test(command));
  // What several pages say is run once.
  const once = new Map(said.map((one) => [one.command.replace(/^npx /, ''), one]));
  expect(once.size).toBeGreaterThan(5);
  for (const { page, command } of once.values()) {
    const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(command));
    if (elsewhere) {
      const [, file, word] = elsewhere;
      expect(await readFile(join(ROOT, file), 'utf8'), `${file} runs ${command}`).toContain(word);
      continue;
    }
    const said = wordsOf(command.replace(/^(npx )?nightshift /, ''), false);
    // A name alone, as it stands in a sentence, is the name of a command.
    const words = said.length === 1 ? [...said, '--help'] : said;
    // They speak of a batch that another command before them has rendered, and one may have cleared.
    if (/^(follow|report|clear)$/.test(words[0] ?? '') && said.length > 1) {
      const first = await cli.run('render', 'shots', '-o', 'frames');
      expect(first.code, first.err).toBe(0);
    }
    const { code, err } = await cli.run(...words);
    expect(code, `${page}: ${command}\n${err}`).toBe(0);
  }
});

test('every other command of every document is one of this project', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const { page, command } of await all((each) => /^(npm|node|npx) /.test(each))) {
    const [program, first = '', second = ''] = wordsOf(command, false);
    if (program === 'npx' && first === 'nightshift') continue;
    const script = program === 'npm' ? scripts[first === 'run' ? second : first] : undefined;
    const file = program === 'node' ? first : undefined;
    const tool = program === 'npx' ? join('node_modules', '.bin', first) : undefined;
    const path = file ?? tool ?? /^node (\S+\.mjs)/.exec(script ?? '')?.[1];
    expect(script ?? path, `${page}: ${command}`).toBeDefined();
    if (path) expect(existsSync(join(ROOT, path)), `${page}: ${command}`).toBe(true);
  }
});

async function all(are: (command: string) => boolean) {
  const pages = [...(await documents())];
  return pages.flatMap(([page, text]) =>
    commands(text)
      .filter((command) => are(command) && !PARTS.test(command))
      .map((command) => ({ page, command })),
  );
}
