import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SceneChecks } from '../../electron/app/sessions/scene-checks.ts';
import { BatchProcessor, createBatchFromDirectory } from '../../electron/engine/index.ts';
import type { ShotProblem } from '../../shared/shot.ts';
import type { TryingShots } from '../../shared/view.ts';
import { runs } from '../cli/rig.ts';

const FAKE_BLENDER = resolve(import.meta.dirname, '../stand-ins/fake-blender.mjs');

it('tells how far it has come, and from then on how long the night takes', async () => {
  const { session, told, filled, tried, processor } = await makeSession({
    render: { costs: { fixed: 1, pixel: 0.1 } },
  });
  expect(processor.getProgress().remainingSeconds).toBeNull();
  const kept: string[] = [];
  const checks = new SceneChecks(async (_batchId, _job, { file }) => {
    expect((await stat(file)).size).toBeGreaterThan(0);
    kept.push(file);
    return true;
  });
  await checks.estimate(session, null);
  expect(told).toEqual([
    { shot: null, tried: 0, of: 0 },
    { shot: 'hero', tried: 0, of: 2 },
    { shot: 'lamp', tried: 1, of: 2 },
    null,
  ]);
  // Each row as its shot was tried, then all of them.
  expect(filled).toEqual([...processor.jobs.map(({ id }) => id), null]);
  // A picture of each as well, of the frame in the middle; what lay on disk for it is gone.
  expect([...tried]).toEqual(processor.jobs.map(({ id }) => [id, 2]));
  expect(kept).toHaveLength(2);
  for (const file of kept) expect(await stat(file).catch(() => null)).toBeNull();
  const { remainingSeconds, remainingRange } = processor.getProgress();
  // Four frames of eight times eight pixels.
  expect(remainingSeconds).toBeGreaterThan(4 * 7.4 - 1);
  expect(remainingSeconds).toBeLessThan(4 * 7.4 + 5);
  expect(remainingRange?.high).toBeGreaterThan(remainingRange?.low ?? 0);
});

it('shows what can not be tried with its reason, and estimates the others', async () => {
  const { session, problems, tried, processor } = await makeSession({
    render: [{ blend: 'lamp', crash: true }, { costs: { fixed: 1, pixel: 0.1 } }],
  });
  await new SceneChecks(async () => false).estimate(session, null);
  expect(tried.size).toBe(0);
  expect(problems).toMatchObject([{ file: 'lamp.yaml', severity: 'error' }]);
  expect(problems[0]?.message).toMatch(/crashed/);
  expect(processor.getProgress().remainingSeconds).not.toBeNull();
});

it('is stopped at once, leaves no Blender, and has found nothing', async () => {
  const { session, told, processor, pids } = await makeSession({ render: { hang: true } });
  const checks = new SceneChecks(async () => false);
  const trying = new Promise<void>((resolve) => {
    const { showTrying } = session;
    session.showTrying = (state) => {
      showTrying(state);
      if (state?.shot) resolve();
    };
  });
  const ended = checks.estimate(session, null);
  await trying;
  await checks.stopEstimate();
  await ended;
  expect(told.at(-1)).toBeNull();
  for (const pid of await pids()) expect(await runs(pid)).toBe(false);
  expect(processor.getProgress().remainingSeconds).toBeNull();
});

it('waits until the shots were looked through, and can be stopped before', async () => {
  const { session, told, pids } = await makeSession({ open: { hang: true } });
  const checks = new SceneChecks(async () => false);
  checks.preflight(session, null);
  await expect.poll(pids, { timeout: 20_000 }).toHaveLength(1);
  const ended = checks.estimate(session, null);
  await checks.stopEstimate();
  await ended;
  expect(told).toEqual([{ shot: null, tried: 0, of: 0 }, null]);
  expect(await pids()).toHaveLength(1);
  await checks.stop();
});

/** Two shots of two frames, and what their session is told. */
async function makeSession(rules: Record<string, unknown>) {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-estimating-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const log = join(folder, 'log.jsonl');
  process.env.FAKE_BLENDER = join(folder, 'steer.json');
  await writeFile(process.env.FAKE_BLENDER, JSON.stringify({ log, ...rules }));
  const shots = join(folder, 'shots');
  await mkdir(shots);
  for (const name of ['hero', 'lamp']) {
    await writeFile(join(folder, `${name}.blend`), 'BLENDER-v403RENDH');
    await writeFile(join(shots, `${name}.yaml`), `blend: ../${name}.blend\nframes: 1-2\n`);
  }
  const batch = await createBatchFromDirectory(shots);
  const config = { blenderPath: FAKE_BLENDER, workers: 1 };
  const processor = new BatchProcessor(batch, { config, dataDirectory: join(folder, 'data') });
  const told: (TryingShots | null)[] = [];
  const problems: ShotProblem[] = [];
  const filled: (string | null)[] = [];
  const tried = new Map<string, number>();
  const session: Parameters<SceneChecks['preflight']>[0] = {
    processor,
    isElsewhere: false,
    showTrying: (state) => told.push(state),
    showTried: (frames) => {
      for (const [jobId, frame] of frames) tried.set(jobId, frame);
    },
    addProblems: (found) => problems.push(...found),
    learn: (measures, tried) => {
      processor.outlook.learn(measures);
      filled.push(tried);
    },
    addPreflightPlan: () => {},
  };
  const pids = async () => {
    const text = await readFile(log, 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    return [...new Set(lines.map((line): number => JSON.parse(line).pid))];
  };
  return { session, told, problems, filled, tried, processor, pids };
}
