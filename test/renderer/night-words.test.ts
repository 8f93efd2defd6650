import { describe, expect, it } from 'vitest';
import { setupFacts } from '../../renderer/inspector/setup-facts.ts';
import { laneText, poolLine } from '../../renderer/lanes/lane-text.ts';
import { nightText } from '../../renderer/morning/night-text.ts';
import { clock } from '../../renderer/text/format.ts';
import { elapsedSeconds, framesAside, jobNote, noteHint } from '../../renderer/text/job-text.ts';
import type { IdleReason } from '../../shared/events.ts';
import { incidentText } from '../../shared/incident-text.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import type { JobDetail, WorkerLane } from '../../shared/view.ts';
import { aRow, aView } from './rows.ts';

const WOOD = 'The image "wood.png" is missing: its surface renders pink.';
const AT = Date.UTC(2026, 10, 4, 2, 14);

function idle(why?: IdleReason): WorkerLane {
  const state = why ? ({ status: 'idle', why } as const) : ({ status: 'idle' } as const);
  return {
    worker: 1,
    state,
    jobName: null,
    gpu: null,
    node: null,
    samplesDone: null,
    samplesTotal: null,
    memoryMb: null,
    times: [],
  };
}

describe('a worker that waits', () => {
  it.each([
    [undefined, ['Idle', 'no work left for it']],
    [{ kind: 'resting' }, ['Rests', 'memory ran out']],
    [{ kind: 'paused' }, ['Paused', '']],
    [
      { kind: 'memory', needMb: 6246, freeMb: 3277 },
      ['Waits for memory', 'the next shot may need 6.1 GB, 3.2 GB to have'],
    ],
    [{ kind: 'next-try', at: AT }, ['Waits', `tries again at ${clock(AT)}`]],
  ] as const)('says why: %j', (why, words) => {
    expect(laneText(idle(why))).toEqual(words);
  });

  it('rests because of a shot', () => {
    const pool = { at: AT, workers: 2, of: 3, message: 'Memory ran out on frame 12 of hero.' };
    expect(poolLine(pool)).toBe(
      `1 of 3 workers rests since ${clock(AT)}. Memory ran out on frame 12 of hero.`,
    );
    expect(poolLine({ ...pool, workers: 1 })).toMatch(/^2 of 3 workers rest since/);
  });
});

describe('a shot with a warning', () => {
  const done = aRow({ status: 'completed', endTime: AT, problems: 2, warnings: 2, warning: WOOD });

  it('is done and says so, with the warning in full behind it', () => {
    expect(jobNote(done)).toBe(`Done at ${clock(AT)} · 2 warnings`);
    expect(noteHint(done)).toBe(`${WOOD.replace(/"(.*)"/, '“$1”')} And 1 more warning.`);
  });

  it('tells warnings and problems apart while it renders', () => {
    expect(jobNote({ ...done, status: 'running' })).toBe('2 warnings');
    expect(jobNote({ ...done, status: 'running', problems: 3, errors: 1 })).toBe(
      '1 problem, 2 warnings',
    );
    // Also what was found before the night and no scene has said.
    expect(jobNote(aRow({ problems: 1 }))).toBe('1 warning');
  });

  it('is counted in the morning', () => {
    const view = aView({ phase: 'completed' });
    expect(nightText(view, [done], AT)[1]).toContain('One is worth a look.');
    expect(nightText(view, [aRow()], AT)[1]).not.toContain('worth a look');
  });
});

it('frames that failed are counted under the strip, before those that were rejected', () => {
  const counts = { ...aRow().counts, done: 9, failed: 1 };
  expect(framesAside(counts, 2)).toBe('1 failed');
  expect(framesAside({ ...counts, failed: 0 }, 2)).toBe('2 rejected');
  expect(framesAside({ ...counts, failed: 0, kept: 4 })).toBe('4 earlier');
  expect(framesAside({ ...counts, failed: 0, kept: 9 })).toBe('all earlier');
});

it('a frame that crashes Blender every time is told in the row of its shot', () => {
  expect(jobNote(aRow({ status: 'running', poisoned: 1 }))).toContain(
    '1 frame crashes Blender every time',
  );
  expect(jobNote(aRow({ status: 'running', poisoned: 2 }))).toContain(
    '2 frames crash Blender every time',
  );
});

it('pauses are no time of a shot', () => {
  const row = aRow({ status: 'completed', startTime: 1000, endTime: 9000, pausedMs: 3000 });
  expect(elapsedSeconds(row, 20_000)).toBe(5);
});

describe('the stall limit', () => {
  const nothing = { blend: null, script: null, scene: null, camera: null, retries: null };
  const limits = {
    timeoutSeconds: null,
    frameTimeoutSeconds: null,
    priority: 0,
    order: 'sequential',
    simulations: 'in-order',
    dependsOn: [],
  };
  const render = { samples: null, percentage: null, denoise: null, device: null };
  const rest = { viewLayers: null, params: {}, render, output: {} };
  const shot = { ...nothing, ...limits, ...rest } as unknown as ShotConfig;
  const limitOf = (stall: JobDetail['stall']) => {
    const detail = {
      shotConfig: shot,
      outputPath: '/o',
      stall,
      fps: 24,
      openStallMs: 1_800_000,
    } as JobDetail;
    const words = { row: aRow(), detail, folder: '/shots', places: null, settings: null };
    return setupFacts(words).find(({ name }) => name === 'Stall limit')?.value;
  };

  it.each([
    [
      { from: 'first-frame', ms: 3_600_000 },
      '1 h without a sign of life, while no frame is known (30 m while it opens)',
    ],
    [
      { from: 'slowest-frame', ms: 750_000, slowestSeconds: 75 },
      '12 m 30 s without a sign of life, 10 times the slowest frame (1 m 15 s)',
    ],
    [
      { from: 'slowest-frame', ms: 120_000, slowestSeconds: 2 },
      '2 m without a sign of life, never less (slowest frame: 2.0 s)',
    ],
    [{ from: 'frame-timeout', ms: null, seconds: 60 }, 'None: the frame limit decides'],
  ] as const)('says how long and why: %j', (stall, words) => {
    expect(limitOf(stall)).toBe(words);
  });
});

describe('a batch that did not go to its end', () => {
  it('says what is done where only some shots were to be rendered, and that the rest waits', () => {
    const jobs = { waiting: 5, running: 0, completed: 2, failed: 0, skipped: 0, cancelled: 0 };
    const progress = { ...aView().progress, jobs };
    const rows = [aRow({ status: 'completed', endTime: AT })];
    expect(nightText(aView({ phase: 'partial', progress }), rows, AT)).toEqual([
      '2 of 7 shots done, 5 waiting',
      `The last of them was done at ${clock(AT)}. “Render” goes on with what is missing.`,
    ]);
  });

  it('says where frames were taken away that were done, and that they count when they are put back', () => {
    const jobs = { waiting: 1, running: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 };
    const progress = { ...aView().progress, jobs };
    const line = (framesLost: number) =>
      nightText(aView({ phase: 'partial', progress, framesLost }), [aRow({})], AT)[1];
    expect(line(300)).toBe(
      'No shot of film is done. 300 frames that were done are not in the output folder any more, or changed there. Put back, they count when the batch is opened again. “Render” goes on with what is missing.',
    );
    expect(line(1)).toContain('One frame that was done is not in');
  });

  it('says of a cancelled batch what is there, what was stopped, and how to go on', () => {
    const frames = { total: 48, done: 12, kept: 0, running: 0, failed: 0, waiting: 36 };
    const jobs = { waiting: 0, running: 0, completed: 1, failed: 0, skipped: 0, cancelled: 3 };
    const progress = { ...aView().progress, frames, jobs };
    expect(nightText(aView({ phase: 'cancelled', progress }), [aRow({ endTime: AT })], AT)).toEqual(
      [
        '12 of 48 frames are ready',
        `film was cancelled at ${clock(AT)}. Three shots were stopped before the end. “Resume” goes on with the first frame that is missing.`,
      ],
    );
  });
});

describe('what the night met', () => {
  it.each([
    [
      { kind: 'interrupted', at: 1, until: AT },
      `The run broke off: a crash, a power cut or a kill. It went on at ${clock(AT)}.`,
    ],
    [
      {
        kind: 'paused',
        at: 1,
        until: 2,
        reason: 'disk-full',
        message: 'The disk of /r is full.',
        times: 3,
        pausedMs: 120_000,
      },
      'The disk was full: no frame was started for 2 m, 3 times. The disk of /r is full.',
    ],
    [
      { kind: 'paused', at: 1, until: 2, reason: 'asked', message: '', times: 1, pausedMs: 8000 },
      'Paused by hand for 8.0 s.',
    ],
    [
      { kind: 'pool-changed', at: 1, workers: 3, of: 3, message: 'hero has ended.' },
      'hero has ended. All 3 workers are at work again.',
    ],
  ] as const)('is a sentence: %j', (incident, words) => {
    expect(incidentText(incident)).toBe(words);
  });
});
