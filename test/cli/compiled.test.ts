import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'out/cli/start.cjs');

/** A home whose cache folder is its own. */
async function makeHome() {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-compiled-')));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
  const code = join(home, 'cache/Nightshift/code/others');
  return {
    home,
    code,
    says: async (...args: string[]) => {
      const { stdout, stderr, exitCode } = await execa(process.execPath, [CLI, ...args], {
        env,
        reject: false,
      });
      return { stdout, stderr, exitCode };
    },
    kept: async () => {
      const names = (await readdir(code).catch(() => [])).sort();
      return Promise.all(
        names.map(async (name) => [name, (await stat(join(code, name))).mtimeMs] as const),
      );
    },
  };
}

// Where the cache folder is by other variables the same code runs; and Node 22 keeps it by itself.
const isOwn = process.platform === 'linux' && process.versions.node.startsWith('20.');

describe.runIf(isOwn)('what V8 compiled of the command line', () => {
  test('is kept by the first command and used by the next, which says the same', async () => {
    const { says, kept } = await makeHome();
    const first = await says('list', '--help');
    const written = await kept();
    expect(written.map(([name]) => name.split('.')[0])).toContain('main');
    expect(await says('list', '--help')).toEqual(first);
    expect(await kept()).toEqual(written);
    expect(first.exitCode).toBe(0);
  });

  test('is compiled anew where a power cut has spoilt it', async () => {
    const { says, kept, code } = await makeHome();
    const first = await says('list', '--help');
    const [[name = ''] = []] = (await kept()).filter(([each]) => each.startsWith('main'));
    const file = join(code, name);
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    expect(await says('list', '--help')).toEqual(first);
    expect((await readFile(file)).length).toBeGreaterThan(whole.length / 2);
    await writeFile(file, Buffer.from(whole).fill(7, whole.length - 2000));
    expect(await says('list', '--help')).toEqual(first);
  });

  test('is not read where others may write', async () => {
    const { says, kept, code } = await makeHome();
    await mkdir(code, { recursive: true });
    await chmod(code, 0o777);
    expect(await says('--version')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await kept()).toEqual([]);
  });

  test('is done without where nothing can be written', async () => {
    const { says, home } = await makeHome();
    await writeFile(join(home, 'cache'), 'no folder');
    expect(await says('--version')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
