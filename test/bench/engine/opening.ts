import { statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createBatchFromDirectory } from '../../../electron/engine/folder/create-batch.ts';
import { joinBatch } from '../../../electron/engine/resume/resume.ts';
import type { Batch } from '../../../shared/batch.ts';
import { inTurn } from '../in-turn.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { recordedNight } from './recorded-frames.ts';
import { makeShotFolder } from './shot-folder.ts';

/** What stands between an artist and a large batch before anything is rendered. */
export const opening: Scenario = {
  name: 'opening',
  group: 'engine',
  measure: async (bench) => [...(await reading(bench)), await joining(bench)],
};

async function reading(bench: Bench): Promise<readonly Row[]> {
  const many = bench.short ? 60 : 10_000;
  const few = many / 10;
  const folder = join(bench.folder, 'many');
  const files = await makeShotFolder(folder, many);
  const fewer = join(bench.folder, 'few');
  await makeShotFolder(fewer, few);
  const measured = await inTurn(bench, {
    ours: () => seconds(() => read(folder, many)),
    few: async () => 10 * (await seconds(() => read(fewer, few))),
    theirs: () => seconds(() => parsed(files)),
  });
  await rm(folder, { recursive: true });
  await rm(fewer, { recursive: true });
  const common = { unit: 's', ours: measured.ours, compare: 'ratio' } as const;
  const shots = many.toLocaleString('en');
  return [
    {
      ...common,
      title: `Reading a folder of ${shots} shots`,
      baseline: 'reading the same files one after the other and `yaml.parse` of each',
      theirs: measured.theirs,
      target: 1.5,
      note: 'with parents, defaults, checks, names and fingerprints',
    },
    {
      ...common,
      title: `Reading a folder of ${shots} shots`,
      baseline: `ten times a folder of ${few.toLocaleString('en')}`,
      theirs: measured.few,
      target: 1.3,
      note: 'does it grow with the number of shots alone',
    },
  ];
}

async function joining(bench: Bench): Promise<Row> {
  const [shots, frames] = bench.short ? [20, 5] : [1000, 60];
  const folder = join(bench.folder, 'night');
  await makeShotFolder(folder, shots);
  const batch = withFrames(await createBatchFromDirectory(folder), frames);
  const { known, files } = await recordedNight(batch, frames);
  const measured = await inTurn(bench, {
    ours: () => seconds(() => joined(batch, known, files.length)),
    theirs: () => seconds(async () => void files.map((file) => statSync(file))),
  });
  await rm(folder, { recursive: true });
  return {
    title: `Joining a checkpoint of ${files.length.toLocaleString('en')} recorded frames`,
    baseline: '`statSync` of each of their files',
    unit: 's',
    ours: measured.ours,
    theirs: measured.theirs,
    compare: 'ratio',
    target: 4,
    note: `${shots} shots; without blocking, with the fingerprint of each shot`,
  };
}

type Known = Parameters<typeof joinBatch>[1];

async function joined(batch: Batch, known: Known, frames: number): Promise<void> {
  const { resumed } = await joinBatch(batch, known, { forget: false });
  const whole = resumed.reduce((sum, { job }) => sum + job.counts.done, 0);
  if (whole !== frames || resumed.some(({ lost }) => lost.length > 0)) {
    throw new Error(`${whole} frames are whole instead of ${frames}.`);
  }
}

async function read(folder: string, shots: number): Promise<void> {
  const { jobs, problems } = await createBatchFromDirectory(folder);
  if (jobs.length === shots && problems.length === 0) return;
  throw new Error(`${jobs.length} shots and ${problems.length} problems instead of ${shots}.`);
}

async function parsed(files: readonly string[]): Promise<void> {
  for (const file of files) parse(await readFile(file, 'utf8'));
}

function withFrames(batch: Batch, frames: number): Batch {
  const numbers = Array.from({ length: frames }, (_, index) => index + 1);
  const jobs = batch.jobs.map((job) => ({
    ...job,
    shotConfig: job.shotConfig && { ...job.shotConfig, frames: numbers },
  }));
  return { ...batch, jobs };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
