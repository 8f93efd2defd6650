import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { blocksOf, type Example, examplesOf } from './examples.ts';
import { installPackage, type Project } from './project.ts';

const DOCUMENT = 'docs/pipelines.md';

let project: Project;
let text: string;
beforeAll(async () => {
  project = await installPackage();
  // As it is in the package.
  text = await readFile(join(project.package, DOCUMENT), 'utf8');
  return () => project.remove();
});

test('who installs the package gets a picture decoder and what its types name, and neither Electron nor what is bundled', async () => {
  const modules = join(project.folder, 'node_modules');
  const names = (await readdir(modules)).filter((name) => !name.startsWith('.'));
  expect(names.toSorted()).toEqual([
    '@img',
    '@koromix',
    'detect-libc',
    'koffi',
    'nightshift',
    'semver',
    'sharp',
    'zod',
  ]);
  const licences = await readFile(join(project.package, 'out/main/licences.md'), 'utf8');
  for (const name of ['react-dom', 'zod', 'cli-progress', 'three'])
    expect(licences).toContain(`## ${name}`);
});

test('the examples of the document are right by the types of the package', async () => {
  const examples = examplesOf(text);
  expect(examples.length).toBeGreaterThan(5);
  await Promise.all(examples.map(({ name, code }) => project.write(`${name}.ts`, code)));
  const { code, out } = await project.compile();
  expect(out).toBe('');
  expect(code).toBe(0);
});

test('every export has an example', async () => {
  const code = examplesOf(text)
    .map((example) => example.code)
    .join('\n');
  const exported = await project.exports();
  expect(exported).toContain('runBatch');
  expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

test('each example prints what the document says, and renders', async () => {
  const told = async ({ name, code, prints }: Example) => {
    const { out, err, exitCode } = await project.run(name, code);
    return { name, exitCode, err, out: prints === null ? null : out };
  };
  const examples = examplesOf(text);
  const all: unknown[] = [];
  for (const example of examples) all.push(await told(example));
  expect(all).toEqual(
    examples.map(({ name, prints }) => ({ name, exitCode: 0, err: '', out: prints })),
  );
});

test('the command of the package renders', async () => {
  // The others are run by the tests of all documents.
  const lines = blocksOf(text, 'sh').flatMap(({ code }) => code.split('\n'));
  const render = lines.find((line) => line.startsWith('npx nightshift render ')) ?? '';
  const { exitCode, out, err } = await project.command(render);
  expect(exitCode, err).toBe(0);
  expect(out).toContain('4 frames');
});
