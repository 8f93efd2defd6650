import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { BatchCheckpoint } from '../../electron/engine/index.ts';
import { pixels } from '../engine/rig.ts';
import { eventKinds } from './event-kinds.ts';
import { type Lab, makeLab, type NightOptions, type RunningNight } from './lab.ts';

const HOOK = resolve(import.meta.dirname, 'kill-at.mjs');
/** A sync changes nothing that survives a SIGKILL: the same is on disk right after it as right before. */
const POINTS = ['before-write', 'after-write'] as const;
/** Between the record of a frame and its name, and inside of a line, only what a frame-done means is at stake. */
const FRAME_POINTS = [
  ...POINTS,
  'after-sync',
  'mid-write',
  'before-sync',
  'before-rename',
  'after-rename',
] as const;
type Point = (typeof FRAME_POINTS)[number];
/** Frame 1 and 2 belong to the one shot, 3 and 4 to the other. */
const FRAMES = { one: [1, 2], two: [3, 4] } as const;
const NAMES = {
  one: ['one_0001.png', 'one_0002.png'],
  two: ['two_0003.png', 'two_0004.png'],
};

/** What has to happen for an event of one kind to be written. */
interface Setting {
  /** What the stand-in does in the night that is killed. */
  readonly steer?: Record<string, unknown>;
  /** What is broken first after a night that was whole. Resolves with the frames that it took away. */
  readonly after?: (lab: Lab) => Promise<readonly number[]>;
  readonly args?: readonly string[];
  /** Of the night that is killed only; the resume goes on without. */
  readonly once?: readonly string[];
  /** What a person does while it runs; `rendered`: so many frames had been begun before it. */
  readonly meanwhile?: (night: RunningNight, lab: Lab, rendered: number) => Promise<void>;
}

const FULL = { fail: { cause: 'disk-full', message: 'The disk is full.' } };
const pausing = { steer: { render: { frame: 2, tries: 1, ...FULL } } };
const plain = {};

const SETTINGS: Readonly<Record<string, Setting>> = {
  'batch-started': plain,
  'job-added': plain,
  'job-planned': plain,
  'job-started': plain,
  'frame-started': plain,
  'frame-done': plain,
  'job-finished': plain,
  'batch-finished': plain,
  'job-retried': { steer: { open: { tries: 1, crash: true } } },
  'frame-failed': { steer: { render: { frame: 1, tries: 1, crash: true } } },
  'batch-paused': pausing,
  'batch-unpaused': pausing,
  'frame-released': {
    steer: { render: { frame: 2, hang: true } },
    meanwhile: async (night, lab, before) => {
      await rendering(lab, 2, before);
      night.kill('SIGINT');
    },
  },
  'frame-lost': { after: withoutFrameTwo },
  'job-reset': { after: withoutFrameTwo },
  'batch-recovered': { after: withoutFrameTwo },
  'job-warned': {
    steer: {
      inspect: {
        findings: [
          { severity: 'warning', cause: 'missing-file', message: 'A texture is missing.' },
        ],
      },
    },
  },
  'pool-changed': {
    args: ['--workers', '2'],
    steer: {
      render: { frame: 1, tries: 1, fail: { cause: 'out-of-memory', message: 'No memory.' } },
    },
  },
  // A single shot begins with fewer Blenders than there are cores.
  'workers-chosen': { once: ['--workers', '0', '--only', 'one'] },
  'jobs-gone': {
    // Away in one night, back in the next.
    after: async (lab) => {
      const file = join(lab.shots, 'two.yaml');
      await rename(file, `${file}.away`).catch(() => rename(`${file}.away`, file));
      return [];
    },
  },
  'frames-again': { after: wholeAsItIs, once: ['--frames', '1-2', '--again'] },
  'job-saved': { after: savedScene },
  'older-kept': { after: savedScene, once: ['--saved', 'keep'] },
  'job-picked': { after: wholeAsItIs, once: ['--frames', '1-2', '--again'] },
  'job-rested': { once: ['--frames', '1'] },
  'frame-kept': {
    args: ['--existing', 'skip'],
    after: async (lab) => {
      await rm(lab.data, { recursive: true });
      return [];
    },
  },
};

/** What only the window writes dies there: `e2e/killed.spec.ts`. */
const OF_THE_WINDOW: readonly string[] = ['job-prioritized', 'job-blender', 'frames-reviewed'];
/** And what only a cluster brings about: `slurm/killed-at-each-event.test.ts`. */
const OF_A_CLUSTER: readonly string[] = ['place-lost', 'node-left-out'];
/** Of a scene that is kept, which takes more frames than two: `kept-scene-killed.test.ts`. */
const OF_A_KEPT_SCENE: readonly string[] = ['scene-checked', 'scene-anew'];

test('every kind of event that a journal can hold has its disaster here', () => {
  const kinds = [...Object.keys(SETTINGS), ...OF_THE_WINDOW, ...OF_A_CLUSTER, ...OF_A_KEPT_SCENE];
  expect(kinds.sort()).toEqual([...eventKinds()].sort());
});

test.each(Object.keys(SETTINGS))(
  'SIGKILL before and after the writing of %s loses nothing and tells nothing twice',
  async (kind) => {
    const { after } = SETTINGS[kind] ?? {};
    const fresh = after ? wholeNight : twoShots;
    // Between the record of a frame and its name each moment leaves something else to the resume alone.
    const rows = kind === 'frame-done' ? FRAME_POINTS.map((point) => [point]) : [POINTS];
    // Two at once: there is a core for each.
    const work = async () => {
      for (let points = rows.shift(); points; points = rows.shift()) {
        await killedAt(await fresh(), kind, points);
      }
    };
    await Promise.all([work(), work()]);
  },
);

/** One night after the other in the same folder, each killed at its point: what the first one left is what the next one resumes. */
async function killedAt(lab: Lab, kind: string, points: readonly Point[]) {
  const { steer = {}, after, args = [], once = [], meanwhile } = SETTINGS[kind] ?? {};
  const options: NightOptions = { args: ['--workers', '1', ...args] };
  const killedArgs = [...(options.args ?? []), ...once];
  const taken = (await after?.(lab)) ?? [];
  const asked: readonly number[] = once.includes('--again') ? FRAMES.one : [];
  const told: string[] = [];
  /** The frames that the journal had at each kill, and how many had been rendered by then. */
  const kept: { readonly point: Point; readonly frames: readonly number[]; readonly at: number }[] =
    [];
  for (const point of points) {
    await lab.steer(steer);
    await forgetTries(lab);
    const before = (await rendered(lab)).length;
    const env = { KILL_AT: JSON.stringify({ point, kind }) };
    const night = lab.begin({ args: killedArgs, node: ['--import', HOOK], env });
    await meanwhile?.(night, lab, before);
    const killed = await night.end;
    expect(killed.code, `${kind} was met, ${point}: ${killed.err}`).toBeUndefined();
    await lab.expectTruth();
    expect(
      killed.done.filter((file) => told.includes(file)),
      `told twice, ${point}`,
    ).toEqual([]);
    told.push(...killed.done);
    const recorded = (await framesInJournal(lab)).filter((frame) => !taken.includes(frame));
    if (kind === 'frame-done') expect(recorded).toEqual(isWritten(point) ? [1] : []);
    kept.push({ point, frames: recorded, at: (await rendered(lab)).length });
  }

  await lab.steer({});
  const again = [...taken, ...asked].map((frame) => join(lab.out, `one/one_000${frame}.png`));
  await lab.expectResume(NAMES, { ...options, again });
  const all = await rendered(lab);
  for (const { point, frames, at } of kept) {
    // The next night asks once more for what was asked for in the one that was killed.
    const stays = frames.filter((frame) => point === points.at(-1) || !asked.includes(frame));
    const anew = all.slice(at).filter((frame) => stays.includes(frame));
    expect(anew, `rendered again, ${point}`).toEqual([]);
  }
  for (const [shot, frames] of Object.entries(FRAMES)) {
    for (const frame of frames) {
      const picture = await pixels(join(lab.out, shot, `${shot}_000${frame}.png`));
      expect(picture, `${shot} ${frame}`).toBe((await calm()).get(frame));
    }
  }
}

/** What the stand-in does a number of times it does in the next night too. */
async function forgetTries(lab: Lab): Promise<void> {
  await rm(join(lab.folder, 'steer.json.tries'), { recursive: true, force: true });
}

test.each(['after-sync', 'before-rename', 'after-rename'])(
  'SIGKILL of a frame that was asked for again, %s, leaves a picture in its place and the old one is kept',
  async (point) => {
    const lab = await wholeNight();
    const file = join(lab.out, 'one/one_0001.png');
    const { ino } = await stat(file);
    await lab.steer({ paint: 'anew' });
    const env = { KILL_AT: JSON.stringify({ point, kind: 'frame-done' }) };
    const args = ['--workers', '1', '--frames', '1', '--again'];
    await lab.begin({ args, node: ['--import', HOOK], env }).end;
    expect((await stat(file)).ino === ino).toBe(point !== 'after-rename');
    await lab.expectTruth();
    await lab.expectResume(NAMES, { args: ['--workers', '1'], again: [file] });
    expect((await stat(file)).ino).not.toBe(ino);
    const [aside, ...others] = await readdir(join(lab.out, 'one/.nightshift-aside'));
    expect(others).toEqual([]);
    expect((await stat(join(lab.out, 'one/.nightshift-aside', `${aside}`))).ino).toBe(ino);
  },
);

let undisturbed: Promise<ReadonlyMap<number, string>> | undefined;

/** The pictures of a night in which nothing happened, by frame. */
function calm(): Promise<ReadonlyMap<number, string>> {
  undisturbed ??= (async () => {
    const lab = await twoShots();
    const { code, done } = await lab.night();
    expect(code).toBe(0);
    const pictures = done.map(
      async (file) => [Number(file.slice(-5, -4)), await pixels(file)] as const,
    );
    return new Map(await Promise.all(pictures));
  })();
  return undisturbed;
}

/** Nothing is broken: what was whole is rendered again. */
async function wholeAsItIs(): Promise<readonly number[]> {
  return [];
}

let saves = 0;

/** The scene of both shots is saved over itself: their frames are older than it, and stay. */
async function savedScene(lab: Lab): Promise<readonly number[]> {
  saves += 1;
  await lab.file('scenes/any.blend', `BLENDER-v403RENDH ${saves}`);
  return [];
}

async function wholeNight(): Promise<Lab> {
  const lab = await twoShots();
  expect((await lab.night()).code).toBe(0);
  return lab;
}

async function twoShots(): Promise<Lab> {
  const lab = await makeLab('stand-in');
  for (const [shot, [first, last]] of Object.entries(FRAMES)) {
    await lab.shot(shot, `frames: ${first}-${last}`);
  }
  return lab;
}

function isWritten(point: string): boolean {
  return point !== 'before-write' && point !== 'mid-write';
}

async function withoutFrameTwo(lab: Lab): Promise<readonly number[]> {
  await rm(join(lab.out, 'one/one_0002.png'));
  return [2];
}

/** Frame numbers that the stand-in was told to render, in order. */
async function rendered(lab: Lab): Promise<readonly number[]> {
  const log = (await lab.blenderLog()) as readonly { do: string; frame?: number }[];
  return log.flatMap((noted) => (noted.do === 'render' ? [noted.frame ?? -1] : []));
}

/** @param before how many frames nights before this one were told to render */
async function rendering(lab: Lab, frame: number, before: number): Promise<void> {
  const look = async () => expect((await rendered(lab)).slice(before)).toContain(frame);
  await vi.waitFor(look, { timeout: 10_000, interval: 20 });
}

/** Every frame that the journal alone says is done. */
async function framesInJournal(lab: Lab): Promise<readonly number[]> {
  const batches = join(lab.data, 'batches');
  const names = await readdir(batches).catch(() => []);
  const frames: number[] = [];
  for (const name of names) {
    const { jobs } = await new BatchCheckpoint(join(batches, name)).load();
    for (const job of jobs.values()) {
      job.plan?.frames.forEach((frame, index) => {
        if (job.frames.statusOf(index) === 'done') frames.push(frame);
      });
    }
  }
  return frames;
}
