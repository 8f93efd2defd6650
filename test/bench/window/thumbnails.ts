import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import type { Answer, FrameFile, Order } from '../../../electron/app/thumbnails/messages.ts';
import { renderOurs, writeShots } from '../blender/ours.ts';
import { makeScenes, SMALL, sizesText } from '../blender/scenes.ts';
import { inTurn } from '../in-turn.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';

const WORKER = resolve(import.meta.dirname, '../../../out/main/thumbnail-worker.js');
const LIMIT = 200 * 2 ** 20;
const FRAMES = {
  'hd.png': '1920×1080 PNG',
  'uhd.png': '3840×2160 16-bit PNG',
  'hd.exr': '1920×1080 OpenEXR, half, ZIP',
};

/** What thumbnails cost the rendering, and what one takes. */
export const thumbnails: Scenario = {
  name: 'thumbnails',
  group: 'window',
  measure: async (bench) => {
    const folder = join(bench.folder, 'frames');
    await mkdir(folder);
    const script = join(import.meta.dirname, 'make-frames.py');
    const end = ['--', folder, bench.short ? 'short' : 'long'];
    await execa(bench.blender, ['-b', '--factory-startup', '-P', script, ...end]);
    return [...(await costOfWishes(bench, folder)), ...(await timeOfEach(bench, folder))];
  },
};

/** Renders with and without a window that wishes for thumbnails as fast as they come. */
async function costOfWishes(bench: Bench, folder: string): Promise<readonly Row[]> {
  const frames = bench.short ? 2 : 60;
  const order = { name: 'shot', frames, seconds: 0.3, threads: 2, ...SMALL };
  const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), [order]);
  const scene = scenes[0]?.file ?? '';
  const shots = await writeShots(join(bench.folder, 'shots'), [
    { name: 'shot', scene, first: 1, last: frames },
  ]);
  const render = (side: string, round: number) =>
    renderOurs(bench, { shots, out: join(bench.folder, `${side}-${round}`), workers: 0 });
  let made = 0;
  const { ours, theirs } = await inTurn(bench, {
    theirs: (round) => render('theirs', round),
    ours: async (round) => {
      const maker = await Maker.start(join(bench.folder, `kept-${round}`));
      let over = false;
      const wishing = (async () => {
        while (!over) {
          for (const name of Object.keys(FRAMES)) if (!over) await maker.make(join(folder, name));
        }
      })();
      try {
        return await render('ours', round);
      } finally {
        over = true;
        made = maker.made;
        await maker.stop();
        await wishing;
      }
    },
  });
  const note = `${sizesText(scenes)}; ${made} thumbnails of new frames meanwhile, one after the other, HD and UHD; the built maker in plain Node`;
  const title = `One shot, ${frames} frames, while thumbnails are wished for without a pause`;
  const baseline = 'the same without a wish';
  return [{ title, baseline, unit: 's', ours, theirs, compare: 'ratio', target: 1.02, note }];
}

/** One thumbnail after the other, with nothing else to do. */
async function timeOfEach(bench: Bench, folder: string): Promise<readonly Row[]> {
  const maker = await Maker.start(join(bench.folder, 'kept'));
  const rows: Row[] = [];
  try {
    for (const [name, words] of Object.entries(FRAMES)) {
      const ours: number[] = [];
      // The first one also loads what it needs.
      await maker.make(join(folder, name));
      for (let round = 0; round < bench.rounds; round += 1) {
        const begun = performance.now();
        await maker.make(join(folder, name));
        ours.push(performance.now() - begun);
      }
      const title = `A thumbnail of a ${words}`;
      const note = 'from the wish to the picture, which was not kept before; 144×80 pixels';
      rows.push({
        title,
        baseline: null,
        unit: 'ms',
        ours,
        theirs: [],
        compare: 'value',
        target: null,
        note,
      });
    }
  } finally {
    await maker.stop();
  }
  return rows;
}

/** The process that makes thumbnails. */
class Maker {
  made = 0;
  #next = 1;

  private constructor(private readonly child: ChildProcess) {}

  static async start(kept: string): Promise<Maker> {
    const child = fork(
      join(import.meta.dirname, 'thumbnail-maker.mjs'),
      [WORKER, kept, String(LIMIT)],
      {
        serialization: 'advanced',
      },
    );
    const maker = new Maker(child);
    await maker.#answer((answer) => answer.type === 'ready');
    return maker;
  }

  /** Makes one that was never made. Resolves at once when the process has been stopped. */
  async make(file: string): Promise<void> {
    const id = this.#next++;
    const { size: bytes } = await stat(file);
    const sha256 = String(id).padStart(32, '0');
    const frame: FrameFile = { batchId: 'bench', file, bytes, sha256, size: 'row' };
    const done = this.#answer((answer) => answer.type === 'done' && answer.id === id);
    if (this.child.connected) this.child.send({ type: 'get', id, frame } satisfies Order);
    const answer = await done;
    if (answer?.type !== 'done') return;
    if (!answer.picture) throw new Error(`No thumbnail of ${file} was made.`);
    this.made += 1;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }

  #answer(fits: (answer: Answer) => boolean): Promise<Answer | null> {
    return new Promise((found) => {
      const hear = (answer: Answer) => {
        if (fits(answer)) settle(answer);
      };
      const settle = (answer: Answer | null) => {
        this.child.off('message', hear).off('exit', end);
        found(answer);
      };
      const end = () => settle(null);
      this.child.on('message', hear).on('exit', end);
      if (!this.child.connected) end();
    });
  }
}
