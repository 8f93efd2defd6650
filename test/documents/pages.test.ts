import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import { CAUSE_FACTS, CAUSES, type Remedy } from '../../shared/failure.ts';
import { temporaryFolder } from '../journal/temporary.ts';
import { blocks, documents, ROOT } from './documents.ts';

const REMEDIES: Readonly<Record<Remedy, string>> = {
  never: 'stops the shot: it would fail the same way',
  again: 'tries it again',
  'fewer-workers': 'tries it again with less beside it',
  wait: 'waits until it has healed',
  elsewhere: 'goes on in another place; no try is counted',
  later: 'tries it for ten minutes, and goes on with the rest',
};

test('troubleshooting lists the causes that the code has', async () => {
  const page = (await documents()).get('docs/troubleshooting.md') ?? '';
  const rows = CAUSES.map((cause) => {
    const { label, remedy, nextStep } = CAUSE_FACTS[cause];
    return `| ${label} | ${REMEDIES[remedy]} | ${nextStep.replaceAll('|', '\\|')} |`;
  });
  const table = ['| cause | Nightshift | you |', '|---|---|---|', ...rows].join('\n');
  const renewed = page.replace(
    /(<!-- causes -->\n).*?(<!-- \/causes -->)/s,
    (_, before, after) => `${before}${table}\n${after}`,
  );
  await expect(renewed).toMatchFileSnapshot(join(ROOT, 'docs/troubleshooting.md'));
});

test('what links and pictures of a document lead to is there', async () => {
  const pages = await documents();
  for (const [page, text] of pages) {
    const targets = [
      ...[...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
      ...[...text.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, target = '']) => target),
    ].filter((target) => !/^[a-z]+:/.test(target));
    for (const target of targets) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, file)), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) {
        expect(headings(pages.get(file) ?? ''), `${page}: ${target}`).toContain(anchor);
      }
    }
  }
});

test('the shot files of the documents are read without a word', async () => {
  const pages = await documents();
  const examples = ['README.md', 'docs/guide.md'].flatMap((page) =>
    blocks(pages.get(page) ?? '', 'yaml'),
  );
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) {
    const folder = await temporaryFolder();
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    };
    await write('scenes/knob.blend', 'BLENDER-v403RENDH');
    await write('shots/base_product.yaml', 'abstract: true\n');
    await write('shots/build_scene.py', '');
    await write('shots/comp_bg.yaml', 'blend: ../scenes/knob.blend\n');
    await write('shots/example.yaml', example);
    const { jobs, problems } = await createBatchFromDirectory(join(folder, 'shots'));
    expect(problems).toEqual([]);
    expect(jobs.length).toBe(2);
  }
});

test('the README can be read in one go', async () => {
  const readme = (await documents()).get('README.md') ?? '';
  expect(readme.split('\n').length).toBeLessThan(200);
});

/** As GitHub names them in links. */
function headings(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
