import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import sharp from 'sharp';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CLI, events, makeCli, ofType, type Told } from '../cli/rig.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { commandsWith, pixels } from './rig.ts';

const KILLS = 10;
const SHOTS = ['one', 'two', 'three'];
const FRAMES = 8;

/** A small generator of our own, so that a run that failed can be had again by its seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Cheap, since it looks two hundred times a second. */
function visibleFiles(folder: string): string[] {
  return entriesOf(folder)
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? visibleFiles(path) : [path];
    });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Looks at the folder again and again, and decodes every file that it sees for the first time. */
function watchFolder(folder: string) {
  const seen = new Set<string>();
  const broken: string[] = [];
  let watching = true;
  const done = (async () => {
    while (watching) {
      for (const file of visibleFiles(folder)) {
        if (seen.has(file)) continue;
        seen.add(file);
        await pixels(file).catch((error: Error) => broken.push(`${file}: ${error.message}`));
      }
      await delay(5);
    }
  })();
  return {
    broken,
    end: async () => {
      watching = false;
      await done;
    },
  };
}

const onLinux = test.skipIf(process.platform !== 'linux');

onLinux(
  `a batch that is killed at ${KILLS} random moments ends with the pixels of one that was not`,
  { timeout: 180_000 },
  async () => {
    const seed = Number(process.env.NIGHTSHIFT_SEED ?? Date.now() % 2 ** 31);
    console.log(`NIGHTSHIFT_SEED=${seed}`);
    const random = randomOf(seed);
    const cli = await makeCli();
    for (const [index, name] of SHOTS.entries()) {
      await makeBlend(
        join(cli.shots, `${name}.blend`),
        `cube.location.x = ${index}\nscene.cycles.samples = 100\n`,
      );
      await cli.file(`shots/${name}.yaml`, `blend: ${name}.blend\nframes: 1-${FRAMES}\n`);
    }
    const env = { ...cli.env, NIGHTSHIFT_BLENDER: BLENDER };
    const render = (out: string) => {
      const options = ['--json', '--workers', '2', '--factory-startup'];
      return execa(process.execPath, [CLI, 'render', cli.shots, '-o', out, ...options], {
        cwd: cli.folder,
        env,
        reject: false,
      });
    };
    const calm = await render(join(cli.folder, 'calm'));
    expect(calm.exitCode, calm.stderr).toBe(0);

    const watcher = watchFolder(cli.out);
    onTestFinished(watcher.end);
    const told: Told[] = [];
    let kills = 0;
    let blenders = 0;
    for (let run = 0; run < KILLS + 3 && kills < KILLS; run += 1) {
      const child = render(cli.out);
      const lines = 1 + Math.floor(random() * 2);
      const wait = Math.floor(random() * 120);
      // Every third one dies before Blender has said a word.
      await momentAfter(child, run % 3 === 2 ? 0 : lines, wait, (frame) => {
        expect(existsSync(String(frame.file)), String(frame.file)).toBe(true);
      });
      blenders += (await commandsWith(join(cli.folder, 'data'))).length;
      child.kill('SIGKILL');
      const { stdout, exitCode } = await child;
      if (exitCode === undefined) kills += 1;
      // A line that the kill has cut is none.
      told.push(...events(stdout.slice(0, stdout.lastIndexOf('\n') + 1)));
      await vi.waitFor(
        async () => expect(await commandsWith(join(cli.folder, 'data'))).toEqual([]),
        { timeout: 2000, interval: 20 },
      );
    }
    const last = await render(cli.out);
    expect(last.exitCode, last.stderr).toBe(0);
    told.push(...events(last.stdout));
    await watcher.end();

    expect(kills).toBe(KILLS);
    expect(blenders, 'the Blenders were seen while they ran').toBeGreaterThan(0);
    expect(watcher.broken).toEqual([]);
    const done = ofType(told, 'frame-done').map(({ file }) => String(file));
    expect(new Set(done).size, 'no frame is told twice').toBe(done.length);
    const files = visibleFiles(cli.out);
    expect(files).toHaveLength(SHOTS.length * FRAMES);
    for (const file of files) {
      const shot = basename(join(file, '..'));
      const same = await pixels(join(cli.folder, 'calm', shot, basename(file)));
      expect(await pixels(file), file).toBe(same);
    }
    for (const shot of SHOTS) {
      expect(await readdir(join(cli.out, shot))).toHaveLength(FRAMES);
    }
    console.log(`${kills} kills, ${done.length} of ${files.length} frames told`);
  },
);

type Child = PromiseLike<unknown> & { readonly stdout: Readable };

/** Resolves so many ms after the n-th `frame-done` of a command; checks each one as it is told. */
async function momentAfter(
  child: Child,
  frames: number,
  ms: number,
  check: (frame: Told) => void,
): Promise<void> {
  let count = 0;
  let text = '';
  const reached = new Promise<void>((resolve) => {
    if (frames === 0) resolve();
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const told = JSON.parse(text.slice(0, end)) as Told;
        text = text.slice(end + 1);
        if (told.type !== 'frame-done') continue;
        check(told);
        count += 1;
        if (count === frames) resolve();
      }
    });
    void child.then(() => resolve());
  });
  await reached;
  await delay(frames === 0 ? ms * 8 : ms);
}

test('the watcher of this test sees a broken file', async () => {
  const cli = await makeCli();
  const watcher = watchFolder(cli.out);
  onTestFinished(watcher.end);
  const picture = sharp({ create: { width: 64, height: 36, channels: 3, background: 'red' } });
  const bytes = await picture.png().toBuffer();
  await cli.file('out/a/whole.png', '');
  await vi.waitFor(() => expect(watcher.broken).toHaveLength(1), 20_000);
  expect(bytes.length).toBeGreaterThan(0);
});
