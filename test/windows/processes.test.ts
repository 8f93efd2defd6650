import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { Launched } from '../../electron/blender/host.ts';
import { isRunning, killTree } from '../../electron/blender/process-tree.ts';
import { THIS_COMPUTER } from '../../electron/blender/this-computer.ts';

/** Says its own id and that of what it has started, and waits; with `crash` it ends at once and leaves that behind. */
const PARENT = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' });
child.unref();
console.log(process.pid + ' ' + child.pid);
if (process.argv[1] === 'crash') process.exit(9);
setInterval(() => {}, 1e6);
`;

async function idsOf(stdout: NodeJS.ReadableStream): Promise<readonly number[]> {
  const [line] = await once(createInterface({ input: stdout }), 'line');
  return String(line).split(' ').map(Number);
}

async function gone(pids: readonly number[]): Promise<void> {
  const running = async () => {
    const all = await Promise.all(pids.map(isRunning));
    return pids.filter((_, index) => all[index]);
  };
  await expect.poll(running, { timeout: 20_000 }).toEqual([]);
}

async function folder(): Promise<string> {
  const made = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-windows-')));
  onTestFinished(() => rm(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

function sleeping(): ChildProcess {
  const child = spawn(process.execPath, ['-e', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  return child;
}

async function launched(...words: readonly string[]): Promise<Launched> {
  const answer = await THIS_COMPUTER.launch({
    program: process.execPath,
    args: ['-e', PARENT, ...words],
  });
  if ('error' in answer) throw new Error(answer.error);
  onTestFinished(() => answer.kill());
  return answer;
}

test('a kill ends a program and what it has started', async () => {
  const child = sleeping();
  const ids = await idsOf(child.stdout as NodeJS.ReadableStream);
  await killTree(child.pid as number);
  await gone(ids);
});

test('a taskkill.exe that lies in the working folder, such as a shot folder, is not run', async () => {
  const here = await folder();
  const ran = join(here, 'ran');
  const script = join(here, 'ran.mjs');
  await writeFile(
    script,
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(ran)}, '');`,
  );
  await copyFile(process.env.STAND_IN_BLENDER as string, join(here, 'taskkill.exe'));
  const [before, real] = [process.cwd(), process.env.STAND_IN_SCRIPT];
  process.env.STAND_IN_SCRIPT = script;
  process.chdir(here);
  onTestFinished(() => {
    process.chdir(before);
    process.env.STAND_IN_SCRIPT = real;
  });
  const child = sleeping();
  const ids = await idsOf(child.stdout as NodeJS.ReadableStream);
  await killTree(child.pid as number);
  await gone(ids);
  expect(existsSync(ran)).toBe(false);
});

test('where there is no taskkill a Blender and what it has started end all the same', async () => {
  const blender = await launched();
  const ids = await idsOf(blender.stdout);
  const before = process.env.SystemRoot;
  process.env.SystemRoot = await folder();
  onTestFinished(() => {
    process.env.SystemRoot = before;
  });
  await blender.kill();
  await gone(ids);
});

test('what a Blender that crashed had started ends with it', async () => {
  const blender = await launched('crash');
  const ids = await idsOf(blender.stdout);
  expect(await blender.ended).toEqual({ code: 9, signal: null });
  await gone(ids);
});
