import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { inTurn } from '../in-turn.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { renderArguments, type Shot, shotsOf, writeShots } from './ours.ts';
import { makeScenes, SMALL, sizesText } from './scenes.ts';
import { stillArguments } from './theirs.ts';
import { timed } from './timed.ts';

const doneSchema = z.object({
  type: z.literal('frame-done'),
  name: z.string(),
  frame: z.number(),
  file: z.string(),
});

type Done = z.infer<typeof doneSchema>;

/** How soon somebody who comes back in the morning sees the next frame. */
export const resume: Scenario = {
  name: 'resume',
  group: 'blender',
  measure: async (bench) => {
    // Tiny frames are done in no time: of a few none would be left to be interrupted.
    const [count, frames] = bench.short ? [1, 60] : [4, 6];
    const orders = Array.from({ length: count }, (_, at) => {
      return { name: `shot${at + 1}`, frames, seconds: 0.3, threads: 2, ...SMALL };
    });
    const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), orders);
    const shots = shotsOf(scenes);
    const folder = await writeShots(join(bench.folder, 'shots'), shots);
    // In the middle of the batch, and of a shot.
    const half = bench.short ? 1 : (count / 2) * frames + frames / 2;
    const place = (side: string, round: number) => join(bench.folder, `${side}-${round}`);
    const order = (round: number) => ({ shots: folder, out: place('ours', round), workers: 0 });
    let next: Done | null = null;
    const interrupt = async (round: number) => {
      await untilFrames(bench, renderArguments(bench, order(round)), half);
    };
    const resumed = async (round: number) => {
      const { seconds, done } = await untilFrames(bench, renderArguments(bench, order(round)), 1);
      next = done;
      return seconds;
    };
    // Which frame comes next only the batch tells; each round is interrupted at the same one.
    if (!bench.short) {
      await interrupt(-1);
      await resumed(-1);
    }
    const { ours, theirs } = await inTurn(
      bench,
      {
        ours: async (round) => {
          await interrupt(round);
          return resumed(round);
        },
        theirs: (round) => renderByHand(bench, place('theirs', round), shots, next),
      },
      (round) => rm(place('theirs', round), { recursive: true }),
    );
    return [
      {
        title: 'Resume: from the start of `nightshift render` to its first new frame',
        baseline: 'starting Blender and rendering that frame by hand',
        unit: 's',
        compare: 'ratio',
        target: 1.3,
        ours,
        theirs,
        note:
          `${count} shots × ${frames} frames, interrupted (SIGINT) after ${half}; ${sizesText(scenes)}. ` +
          'Ours ends at the line `frame-done` of `--json`, theirs at the end of `blender -b FILE … -f N`',
      },
    ];
  },
};

/** Renders until so many frames were told as done, then interrupts it as Ctrl+C does. Seconds from its start. */
async function untilFrames(
  { signal }: Bench,
  args: readonly string[],
  count: number,
): Promise<{ readonly seconds: number; readonly done: Done }> {
  signal.throwIfAborted();
  const errors = await open('/dev/null', 'w');
  const began = performance.now();
  const child = spawn(process.execPath, [...args, '--json'], {
    stdio: ['ignore', 'pipe', errors.fd],
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    const done = await nthFrame(child, count);
    const seconds = (performance.now() - began) / 1000;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    if (code !== 130) throw new Error(`The interrupted batch ended with ${code}.`);
    return { seconds, done };
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    await errors.close();
  }
}

async function nthFrame(child: ChildProcess, count: number): Promise<Done> {
  if (!child.stdout) throw new Error('There is nothing to read.');
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const told = doneSchema.safeParse(JSON.parse(line));
    if (told.success) seen += 1;
    if (told.success && seen === count) {
      child.stdout.resume();
      return told.data;
    }
  }
  throw new Error(`The batch ended after ${seen} new frames instead of ${count}.`);
}

function renderByHand(
  { blender, signal }: Bench,
  out: string,
  shots: readonly Shot[],
  next: Done | null,
): Promise<number> {
  const shot = shots.find(({ name }) => name === next?.name);
  if (!next || !shot) throw new Error(`Nobody knows the shot of ${basename(next?.file ?? '')}.`);
  const args = stillArguments(out, shot, next.frame);
  return timed({ program: blender, args, log: `${out}.log`, signal });
}
