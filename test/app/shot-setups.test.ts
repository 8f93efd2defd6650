import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import {
  type SetupSession,
  ShotSetups,
  valuesOf,
} from '../../electron/app/sessions/shot-setups.ts';
import { createBatchFromDirectory, type SaidSettings } from '../../electron/engine/index.ts';
import { DEFAULT_CONFIG } from '../../shared/batch.ts';
import type { BatchJob, FramePlan } from '../../shared/job.ts';
import { jobAfter } from '../../shared/job-state.ts';
import { SETTING_KEYS, type SettingKey } from '../../shared/shot-setup.ts';
import { folderOf, jobNamed } from '../folder/folder.ts';
import { planOf } from '../helpers/plan.ts';

let folder: string;
let session: SetupSession;
let running: boolean;
const changed = vi.fn(async () => {});
const renamed = vi.fn(async () => {});
const host = { changed, renamed };

beforeEach(async () => {
  changed.mockClear();
  renamed.mockClear();
  running = false;
  folder = await folderOf({
    'a.yaml': 'blend: scene.bin\nrender: { samples: 8 }\n',
    'b.blend': 'BLENDER',
    'scene.bin': 'BLENDER',
  });
  const batch = await createBatchFromDirectory(folder);
  session = {
    id: batch.id,
    get running() {
      return running;
    },
    job: (id) => batch.jobs.find((job) => job.id === id) ?? jobNamed(batch, 'a'),
    planOf: () => null,
    partsOf: () => [],
    view: () => ({}),
    processor: { batch, config: DEFAULT_CONFIG },
  };
});

const idOf = (name: string) => jobNamed(session.processor.batch, name).id;

it('writes what was seen, has the folder read anew, and takes it back', async () => {
  const setups = new ShotSetups(host);
  const ids = [idOf('a'), idOf('b')];
  const { seen, values } = await setups.read(session, ids);
  expect(values['render.samples']).toMatchObject({ said: null, differs: true, clears: 'own' });
  const change = { key: 'render.samples', text: '16', seen } as const;
  const { written, counts } = await setups.change(session, ids, change);
  expect(counts).toBe('now');
  expect(written.map(({ file, made }) => [file, made])).toEqual([
    ['a.yaml', false],
    ['b.yaml', true],
  ]);
  expect(changed).toHaveBeenCalledExactlyOnceWith(session.id);
  const folderOfBatch = session.processor.batch.folder;
  expect(renamed).toHaveBeenCalledExactlyOnceWith(folderOfBatch, new Map([['b.blend', 'b.yaml']]));
  await expect(setups.change(session, ids, change)).rejects.toThrow(
    /is there already|changed since/,
  );

  expect(await setups.undo(session.id)).toEqual([]);
  expect(changed).toHaveBeenCalledTimes(2);
  expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toContain('samples: 8');
  expect(await readdir(folder)).not.toContain('b.yaml');
  await expect(setups.undo(session.id)).rejects.toThrow('There is no change to take back.');
});

it('says that a change counts from the next render while the batch renders, here or elsewhere', async () => {
  const setups = new ShotSetups(host);
  const set = async (text: string) => {
    const { seen } = await setups.read(session, [idOf('a')]);
    return (await setups.change(session, [idOf('a')], { key: 'frames', text, seen })).counts;
  };
  running = true;
  expect(await set('1')).toBe('next-render');
  running = false;
  session = { ...session, view: () => ({ elsewhere: 'another Nightshift' }) };
  expect(await set('2')).toBe('next-render');
});

it('refuses in the words of the schema, and reads nothing anew then', async () => {
  const setups = new ShotSetups(host);
  const { seen } = await setups.read(session, [idOf('a')]);
  const change = { key: 'render.samples', text: 'x', seen } as const;
  await expect(setups.change(session, [idOf('a')], change)).rejects.toMatchObject({
    name: 'Refusal',
    message: 'Expected a whole number from 1 to 16777216, found `x`.',
  });
  expect(changed).not.toHaveBeenCalled();
});

it('makes shots of the cameras of a .blend, tells what was rendered of the later ones, and takes it back', async () => {
  const setups = new ShotSetups(host);
  const part = (name: string, frames: string) =>
    ({ name, frames, is: 'offered', of: null }) as const;
  const parts = [part('Wide', '1-2'), part('Close', '3')];
  const rendered: BatchJob = [1, 2, 3].reduce(
    (job, frame) =>
      jobAfter(job, { type: 'frame-done', job: job.id, at: 1, frame, record: RECORD }),
    jobAfter(jobNamed(session.processor.batch, 'b'), {
      ...{ type: 'job-planned', job: '', at: 0 },
      plan: planOf([1, 2, 3]),
    }),
  );
  session = {
    ...session,
    job: () => rendered,
    partsOf: () => [{ by: 'cameras', file: 'b.blend', scene: 'Scene', parts }],
  };
  await expect(setups.split(session, [rendered.id], 'scenes')).rejects.toThrow('No scene of these');
  const made = await setups.split(session, [rendered.id, rendered.id], 'cameras');
  expect(made).toMatchObject({ files: ['b.yaml', 'b_Close.yaml'], strayFrames: 1, failed: null });
  expect(made.renamed).toEqual([[rendered.id, made.jobIds[0]]]);
  expect(renamed).toHaveBeenCalledExactlyOnceWith(
    session.processor.batch.folder,
    new Map([['b.blend', 'b.yaml']]),
  );
  expect(await setups.undo(session.id)).toEqual([]);
  expect(await readdir(folder)).not.toContain('b_Close.yaml');
  session = { ...session, view: () => ({ elsewhere: 'another Nightshift' }) };
  await expect(setups.split(session, [rendered.id], 'cameras')).rejects.toThrow('is rendering');
});

const RECORD = { file: 'b.png', bytes: 1, mtimeMs: 1, sha256: 'a', seconds: 1, memoryMb: 1, at: 1 };

const said = (texts: Partial<Record<SettingKey, string>>) =>
  Object.fromEntries(
    SETTING_KEYS.map((key) => [
      key,
      { text: texts[key] ?? null, place: null, isOwn: key in texts },
    ]),
  ) as unknown as SaidSettings;

const PLAN = {
  frames: [1, 2, 3],
  width: 64,
  height: 36,
  engine: 'CYCLES',
  format: 'PNG',
  settings: {
    ...{ scene: 'Scene', camera: 'Cam', viewLayers: ['a', 'b'], samples: 128 },
    ...{ percentage: 100, denoise: false, colorDepth: 8 },
  },
} as unknown as FramePlan;

it('tells what shots have in common, of their files and of their scenes', () => {
  const one = valuesOf([said({ camera: 'Own' })], [PLAN]);
  expect(one.camera).toMatchObject({ said: 'Own', scene: null, differs: false, clears: 'own' });
  expect(one.frames).toMatchObject({ said: null, scene: '1-3', clears: null });
  expect(one['render.resolution'].scene).toBe('64 × 36');
  expect(one['render.denoise'].scene).toBe('false');
  expect(one.view_layers.scene).toBe('a, b');

  const other = { ...PLAN, engine: 'BLENDER_EEVEE_NEXT', fromScene: false };
  const both = valuesOf([said({ 'render.samples': '8' }), said({})], [PLAN, other]);
  expect(both['render.samples']).toMatchObject({ said: null, differs: true });
  expect(both['render.engine']).toMatchObject({ scene: null, differs: true });
  expect(both.camera).toMatchObject({ said: null, scene: 'Cam', differs: false });
  // One of them knows its frames from a list: that says nothing of its scene.
  expect(both.frames).toMatchObject({ scene: '1-3', differs: false });
  const tested = valuesOf([said({})], [PLAN], { samples: { times: 0.5 }, step: 8 });
  expect(tested['render.samples'].scene).toBeNull();
  expect(tested.frames.scene).toBeNull();
  expect(tested.camera.scene).toBe('Cam');
  const unknown = valuesOf([said({}), said({})], [null, null]);
  expect(unknown.camera).toEqual({
    ...{ said: null, scene: null, differs: false, place: null, clears: null },
  });
});
