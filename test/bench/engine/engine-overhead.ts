import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { flushDirectory, flushFile } from '../../../electron/engine/lib/publish.ts';
import { renderOurs } from '../blender/ours.ts';
import { inTurn } from '../in-turn.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { eventsOf, shotId, shotPlan } from './made-journal.ts';

const STAND_IN = resolve(import.meta.dirname, '../../stand-ins/fake-blender.mjs');

/** What a frame costs beside its rendering: the whole engine, with a Blender that takes no time. */
export const engineOverhead: Scenario = {
  name: 'engine-overhead',
  group: 'engine',
  measure: async (bench) => {
    const frames = bench.short ? 20 : 10_000;
    const shots = bench.short ? 2 : 10;
    const measured = await inTurn(bench, {
      ours: async (round) => (await rendered(bench, { shots, frames, round })) / frames,
      theirs: async () =>
        (await synced(bench.folder, Math.min(frames, 1000))) / Math.min(frames, 1000),
    });
    const row = {
      title: `Engine alone, one worker, ${frames.toLocaleString('en')} frames of a Blender that takes no time: a frame`,
      baseline:
        'what is unavoidable: a journal line with its sync, the flush of the file, the rename with that of its folder',
      unit: 'ms',
      ...measured,
      compare: 'difference' as const,
      target: 1,
      note: 'start of `nightshift render`, talk with the process and proof of the picture included; the stand-in writes an 8 × 8 PNG',
    };
    return [row];
  },
};

interface Night {
  readonly shots: number;
  readonly frames: number;
  readonly round: number;
}

/** Renders a folder with the stand-in; resolves with ms. */
async function rendered(bench: Bench, night: Night): Promise<number> {
  const home = join(bench.folder, `night-${night.round}`);
  await mkdir(join(home, 'shots'), { recursive: true });
  for (let shot = 0; shot < night.shots; shot += 1) {
    await writeFile(join(home, `${shot}.blend`), `BLENDER-v403RENDH ${shot}`);
    const yaml = `blend: ../${shot}.blend\nframes: 1-${night.frames / night.shots}\n`;
    await writeFile(join(home, `shots/shot_${shot}.yaml`), yaml);
  }
  const order = { shots: join(home, 'shots'), out: join(home, 'out'), workers: 1 };
  const seconds = await renderOurs({ ...bench, blender: STAND_IN }, order);
  await rm(home, { recursive: true });
  return seconds * 1000;
}

/** The least that makes frames durable, one after the other; resolves with ms. */
async function synced(folder: string, frames: number): Promise<number> {
  const home = join(folder, 'floor');
  await mkdir(home);
  const plan = shotPlan(0, frames);
  const journal = await open(join(home, 'journal.jsonl'), 'w');
  try {
    let took = 0;
    for (const frame of plan.frames) {
      const line = `${JSON.stringify(eventsOf(shotId(0), plan, frame)[1])}\n`;
      const staged = join(home, `${frame}.part`);
      await writeFile(staged, 'picture');
      const began = performance.now();
      await flushFile(staged);
      await journal.write(line);
      await journal.datasync();
      await rename(staged, join(home, `${frame}.png`));
      await flushDirectory(home);
      took += performance.now() - began;
    }
    return took;
  } finally {
    await journal.close();
    await rm(home, { recursive: true });
  }
}
