import { beforeEach, expect, it, vi } from 'vitest';
import {
  newShotsText,
  type WatchedBatch,
  WatchedFolders,
  type WatchHost,
} from '../../electron/app/watch/watched-folders.ts';
import type { WatchOptions } from '../../electron/engine/index.ts';
import type { Batch } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import { jobWith, WAITING } from './jobs.ts';

const hero = jobWith([WAITING], { id: '0123456789ab', name: 'hero', source: 'one' });
const late = jobWith([WAITING], { id: 'ba9876543210', name: 'late' });

let kept: readonly string[];
let running: boolean;
let known: readonly BatchJob[];
let now: readonly BatchJob[];
let watching: WatchOptions | null;
let host: { readonly [K in keyof WatchHost]: ReturnType<typeof vi.fn<WatchHost[K]>> };
let watched: WatchedFolders;
const found = vi.fn();
const batchOf = (jobs: readonly BatchJob[]) =>
  ({
    id: 'film',
    folder: '/film',
    outputRoot: '/film/renders',
    jobs,
    problems: [],
    wantsTrust: false,
  }) satisfies Batch;

beforeEach(() => {
  [kept, running, known, now, watching] = [[], false, [hero], [hero], null];
  found.mockReset();
  const takeIn = async (batch: Batch) => {
    if (!running) return [];
    const joined = batch.jobs.filter(({ id }) => !known.some((job) => job.id === id));
    known = [...known, ...joined];
    return joined.map(({ id }) => id);
  };
  const session = {
    get running() {
      return running;
    },
    processor: {
      takeIn,
      get batch() {
        return batchOf(known);
      },
    },
    addProblems: found,
  } satisfies WatchedBatch;
  host = {
    chosen: vi.fn(async () => kept),
    choose: vi.fn(async (ids) => {
      kept = ids;
    }),
    find: vi.fn((id) => (id === 'film' ? session : undefined)),
    watch: vi.fn((_folder, options) => {
      watching = options;
      return {
        ready: Promise.resolve(),
        close: async () => {
          watching = null;
        },
      };
    }),
    read: vi.fn(async () => batchOf(now)),
    reopen: vi.fn(async () => {
      known = now;
    }),
    tell: vi.fn(),
    say: vi.fn(),
    failed: vi.fn(),
  };
  watched = new WatchedFolders(host);
});

it('watches a folder from when it is chosen, and again when it is opened the next time', async () => {
  await watched.set('film', true);
  expect(watched.list()).toEqual(['film']);
  expect(host.tell).toHaveBeenLastCalledWith(['film']);
  expect(host.watch.mock.calls[0]?.[1].leftOut).toContain('/film/renders');
  await watched.close();
  expect(watching).toBeNull();

  const next = new WatchedFolders(host);
  await next.opened('other');
  expect(next.list()).toEqual([]);
  await next.opened('film');
  await next.opened('film');
  expect(next.list()).toEqual(['film']);
  expect(host.watch).toHaveBeenCalledTimes(2);
});

it('does not watch any more when it is turned off, nor at the next start', async () => {
  await watched.set('film', true);
  await watched.set('film', false);
  expect(watching).toBeNull();
  expect(kept).toEqual([]);
  expect(host.tell).toHaveBeenLastCalledWith([]);
});

it('lets new shots join a run, and says so', async () => {
  await watched.set('film', true);
  running = true;
  now = [hero, late];
  await watching?.onChange();
  expect(host.say).toHaveBeenCalledExactlyOnceWith('New in the folder: late.');
  expect(found).toHaveBeenCalledOnce();
  expect(host.reopen).not.toHaveBeenCalled();
});

it('says what becomes of a version when a newer one comes while it renders, and when nothing does', async () => {
  const older = { ...hero, name: 'a_v1', shotFile: 'a_v1.blend' };
  const newer = { ...late, name: 'a_v2', shotFile: 'a_v2.blend' };
  const { id, name, shotFile: file } = older;
  const shots = [{ id, name, file, reason: 'older-version' as const, newer: newer.shotFile }];
  const leftOut = { shots, takenIn: [], blendBackups: 0 };
  host.read.mockImplementation(async () => ({ ...batchOf([newer]), leftOut }));
  for (const [isOn, said] of [
    [true, 'New in the folder: a_v2. a_v1, which is older now, is rendered to its end.'],
    [false, 'New in the folder: a_v2. Older versions are left out.'],
  ] as const) {
    [known, now, running] = [[older], [newer], isOn];
    await watched.set('film', true);
    await watching?.onChange();
    expect(host.say).toHaveBeenLastCalledWith(said);
    expect(host.reopen).toHaveBeenCalledTimes(isOn ? 0 : 1);
  }
});

it('reads a batch at rest anew when only what is left out of it has changed', async () => {
  await watched.set('film', true);
  const leftOut = { shots: [], takenIn: [], blendBackups: 1 };
  host.read.mockImplementation(async () => ({ ...batchOf(known), leftOut }));
  await watching?.onChange();
  expect(host.reopen).toHaveBeenCalledOnce();
  expect(host.say).not.toHaveBeenCalled();
});

it('opens a batch at rest anew, so that changed shots are offered again', async () => {
  await watched.set('film', true);
  now = [{ ...hero, source: 'two' }];
  await watching?.onChange();
  expect(host.reopen).toHaveBeenCalledExactlyOnceWith('film', true);
  expect(host.say).not.toHaveBeenCalled();
});

it('offers what has changed in a run when the run is over', async () => {
  await watched.set('film', true);
  running = true;
  now = [{ ...hero, source: 'two' }];
  await watching?.onChange();
  expect(host.reopen).not.toHaveBeenCalled();
  running = false;
  watched.ended('film');
  await vi.waitFor(() => expect(host.reopen).toHaveBeenCalledOnce());
  watched.ended('film');
  expect(host.read).toHaveBeenCalledTimes(2);
});

it('does nothing where nothing of the shots is another one', async () => {
  await watched.set('film', true);
  await watching?.onChange();
  expect(host.reopen).not.toHaveBeenCalled();
});

it('names the shots that have come', () => {
  expect(newShotsText(['hero'])).toBe('New in the folder: hero.');
  expect(newShotsText(['hero', 'lamp'])).toBe('New in the folder: hero and lamp.');
  expect(newShotsText(['a', 'b', 'c'])).toBe('New in the folder: a and 2 more shots.');
});

it('keeps both of two folders that are chosen at once', async () => {
  await Promise.all([watched.set('film', true), watched.set('other', true)]);
  expect(kept).toEqual(['film', 'other']);
});

it('reads a folder anew whose files were changed in the window, watched or not', async () => {
  await watched.changed('film');
  // Who has changed them asks for what it holds then.
  expect(host.reopen).toHaveBeenCalledExactlyOnceWith('film', false);
});

it('reads it when the run is over, where it renders meanwhile, and only once', async () => {
  running = true;
  await watched.changed('film');
  await watched.changed('film');
  expect(host.reopen).not.toHaveBeenCalled();
  running = false;
  watched.ended('film');
  watched.ended('film');
  await vi.waitFor(() => expect(host.reopen).toHaveBeenCalledExactlyOnceWith('film', true));
});
