import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { kinds } from '../../build/blenders/catalog.mjs';
import { provide } from '../../build/blenders/provide.mjs';
import { secondBlender } from '../../build/blenders/second.mjs';
import { makeFolder } from './folder.ts';

const LIMIT = 60_000;
const KIND = kinds.filter(({ id }) => id === 'bpy-5.2');

// A cache in a place of its own is Linux's.
describe.skipIf(process.platform !== 'linux')('the second Blender', { timeout: LIMIT }, () => {
  test('is got once, and stands in the cache from then on', async () => {
    const stage = await makeStage();
    const home = stage.home('bpy-5.2');
    const got = { executable: join(home, 'blender'), version: '5.2.3', build: 'e13b728c6880' };
    expect(await stage.second()).toEqual(got);
    expect(await stage.second()).toEqual(got);
    expect(await stage.second({ fetch: false })).toEqual(got);
    expect(await stage.installations()).toBe(1);
    expect(await stage.names()).toEqual(['bpy-5.2']);
  });

  test('that does not start any more is made anew, although it still says its version', async () => {
    const stage = await makeStage();
    await stage.second();
    await writeFile(join(stage.home('bpy-5.2'), 'venv/bin/broken'), '');
    expect(await stage.second({ fetch: false })).toHaveProperty('why');
    expect(await stage.second()).toMatchObject({ version: '5.2.3' });
    expect(await stage.installations()).toBe(2);
    expect(stage.said.join('\n')).toMatch(/bpy-5\.2 .*does not start.*libGL\.so\.1/);
  });

  test('without its Python, which an update of the system took away, is made anew', async () => {
    const stage = await makeStage();
    await stage.second();
    await rm(join(stage.home('bpy-5.2'), 'venv'), { recursive: true });
    expect(await stage.second()).toMatchObject({ version: '5.2.3' });
  });

  test('is told in one line where the cache can not be written', async () => {
    const stage = await makeStage();
    vi.stubEnv('XDG_CACHE_HOME', await stage.file('no-folder'));
    const none = await stage.second();
    expect(none).toEqual({
      why: expect.stringMatching(/^bpy-5\.2: .*can't be written \(ENOTDIR\): .*no-folder.*$/),
    });
    // What gets into the record of versions names no folder of this machine.
    expect(await stage.provide()).toMatchObject({
      problem: expect.not.stringContaining('no-folder'),
    });
  });

  test('is told in one line where the cache can not even be made', async () => {
    const stage = await makeStage();
    vi.stubEnv('XDG_CACHE_HOME', '/proc/none');
    expect(await stage.second()).toEqual({
      why: expect.stringContaining("can't be written (ENOENT)"),
    });
  });

  test('is not waited for longer than the limit, and leaves nothing half made', async () => {
    const stage = await makeStage();
    await stage.file('slow');
    expect(await stage.provide({ timeoutSeconds: 2 })).toEqual({
      problem: expect.stringContaining('took too long'),
    });
    expect(await stage.names()).toEqual([]);
  });

  test('leftovers of runs that were broken off go, those of runs that are at it stay', async () => {
    const stage = await makeStage();
    const { pid: gone } = await processThatHasBeen();
    const old = `.old-${Date.now() - 25 * 3600 * 1000}-1`;
    const young = `.old-${Date.now() - 3600 * 1000}-1`;
    for (const name of [`.making-${gone}-a`, `.making-${process.ppid}-b`, old, young]) {
      await mkdir(join(stage.home(name), 'root'), { recursive: true });
    }
    await stage.second();
    expect(await stage.names()).toEqual([`.making-${process.ppid}-b`, young, 'bpy-5.2']);
  });

  test('that another clone has put there meanwhile is taken, since its tests run on it', async () => {
    const stage = await makeStage();
    await stage.second();
    await writeFile(join(stage.home('bpy-5.2'), 'theirs'), '');
    await cp(stage.home('bpy-5.2'), join(stage.folder, 'quicker'), { recursive: true });
    await rm(stage.home('bpy-5.2'), { recursive: true });
    expect(await stage.second()).toMatchObject({ version: '5.2.3' });
    expect(existsSync(join(stage.home('bpy-5.2'), 'theirs'))).toBe(true);
    expect(await stage.names()).toEqual(['bpy-5.2']);
  });

  test('that is made anew leaves the old one to whoever runs on it', async () => {
    const stage = await makeStage();
    await stage.second();
    await writeFile(join(stage.home('bpy-5.2'), 'theirs'), '');
    expect(await stage.provide({ again: true })).toMatchObject({ version: '5.2.3' });
    expect(existsSync(join(stage.home('bpy-5.2'), 'theirs'))).toBe(false);
    const [aside = ''] = await stage.names();
    expect(aside).toMatch(/^\.old-/);
    expect(existsSync(join(stage.home(aside), 'theirs'))).toBe(true);
  });

  test('that could not be had is not tried again for a day, unless that is asked for', async () => {
    const stage = await makeStage();
    await stage.file('offline');
    const none = await stage.second();
    expect(none).toEqual({ why: expect.stringContaining('No matching distribution') });
    await rm(join(stage.folder, 'offline'));
    expect(await stage.second()).toEqual({
      why: expect.stringMatching(/No matching distribution.*--again/),
    });
    expect(await stage.installations()).toBe(1);
    expect(await stage.second({ again: true })).toMatchObject({ version: '5.2.3' });
    expect(await stage.installations()).toBe(2);
    expect(await stage.names()).toEqual(['bpy-5.2']);
  });

  test('that could not be had is tried after a day', async () => {
    const stage = await makeStage();
    await stage.file('offline');
    await stage.second();
    const record = join(stage.home('not-had.json'));
    const failure = JSON.parse(await readFile(record, 'utf8'));
    await writeFile(record, JSON.stringify({ ...failure, at: failure.at - 24 * 3600 * 1000 }));
    await rm(join(stage.folder, 'offline'));
    expect(await stage.second()).toMatchObject({ version: '5.2.3' });
  });

  test('that NIGHTSHIFT_OTHER_BLENDER names is taken if it starts, and is wrong if not', async () => {
    const stage = await makeStage();
    await stage.second();
    const named = join(stage.home('bpy-5.2'), 'blender');
    vi.stubEnv('NIGHTSHIFT_OTHER_BLENDER', named);
    expect(await stage.second()).toEqual({ executable: named, version: '5.2.3' });
    await writeFile(join(stage.home('bpy-5.2'), 'venv/bin/broken'), '');
    expect(await stage.second()).toMatchObject({ wrong: true });
    vi.stubEnv('NIGHTSHIFT_OTHER_BLENDER', join(stage.folder, 'nothing'));
    expect(await stage.second()).toEqual({
      why: expect.stringContaining('NIGHTSHIFT_OTHER_BLENDER is no Blender'),
      wrong: true,
    });
  });
});

async function processThatHasBeen() {
  const child = execa('true');
  await child;
  return { pid: child.pid };
}

/** An empty cache, and a machine with nothing but a scripted Python. */
async function makeStage() {
  const folder = await makeFolder();
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  vi.stubEnv('NIGHTSHIFT_OTHER_BLENDER', undefined);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const python = join(folder, 'python3');
  await writeFile(python, PYTHON.replaceAll('FOLDER', folder), { mode: 0o755 });
  const machine = {
    ...{ platform: 'linux' as const, arch: 'x64', blender: undefined },
    ...{ root: false, apt: false, ownMounts: false, pythons: { '3.13': python } },
  };
  const said: string[] = [];
  const say = (sentence: string) => {
    said.push(sentence);
  };
  const blenders = join(folder, 'cache/nightshift/blenders');
  return {
    folder,
    said,
    home: (name: string) => join(blenders, name),
    names: async () => (await readdir(blenders)).sort(),
    file: async (name: string) => {
      await writeFile(join(folder, name), '');
      return join(folder, name);
    },
    installations: async () => {
      const log = await readFile(join(folder, 'log'), 'utf8');
      return log.split('\n').filter((line) => line.startsWith('-m pip install')).length;
    },
    second: (options = {}) => secondBlender({ fetch: true, say, machine, ...options }),
    provide: async (options = {}) => {
      const [kind] = KIND;
      if (kind === undefined) throw new Error('no bpy-5.2');
      return provide(kind, machine, { say, ...options });
    },
  };
}

/** Makes an environment of itself, installs at once, and is a Blender from then on. */
const PYTHON = `#!/bin/sh
echo "$*" >> 'FOLDER/log'
case "$1 $2" in
  '-m venv')
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
    exit ;;
  '-m pip')
    if [ -e FOLDER/slow ]; then sleep 3600; fi
    if [ -e FOLDER/offline ]; then echo 'ERROR: No matching distribution found'; exit 1; fi
    if [ -e FOLDER/quicker ]; then mv FOLDER/quicker "$XDG_CACHE_HOME/nightshift/blenders/bpy-5.2"; fi
    exit ;;
esac
case " $* " in
  *' --version '*) echo 'Blender 5.2.3' ;;
  *)
    if [ -e "$(dirname "$0")/broken" ]; then echo 'ImportError: libGL.so.1'; exit 1; fi
    echo 'BUILD 5.2.3 e13b728c6880' ;;
esac
`;
