import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Queue, type QueuedController, type QueueHost } from '../../electron/app/night/queue.ts';
import { batchAdded, QueueFile } from '../../electron/engine/index.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const HOUR = 3_600_000;
const at = (text: string) => new Date(text).getTime();
const NIGHT = { startAt: '23:00', until: '08:00' };
const NOTHING = { startAt: null, until: null };
const ELEVEN = at('2026-11-26T23:00');
const EIGHT = at('2026-11-27T08:00');

let clock: ManualClock;
/** The batch that renders. */
let live: string | null;
/** Batches that can't begin, and why. */
let lame: Record<string, string>;
/** Those that began, in their order. */
let begun: string[];
let data: string;
let file: QueueFile;
let host: { readonly [K in keyof QueueHost]: ReturnType<typeof vi.fn<QueueHost[K]>> };
let night: Queue;
/** Calls off what the host was asked to stop at a time. */
const callOff = vi.fn();

function place(batchId: string) {
  return { batchId, folder: `/${batchId}`, outputRoot: `/${batchId}/renders`, trusted: null };
}

function session(id: string): QueuedController {
  return { id, name: id, cancel: async () => void (await end(id, 'cancelled')) };
}

async function begin(id: string): Promise<void> {
  if (lame[id]) throw new Error(lame[id]);
  live = id;
  begun.push(id);
  night.started(id);
}

async function end(id: string, outcome: 'completed' | 'failed' | 'cancelled' = 'completed') {
  live = null;
  return night.ended(id, { outcome });
}

beforeEach(async () => {
  clock = new ManualClock('2026-11-26T18:00');
  [live, lame, begun] = [null, {}, []];
  data = await mkdtemp(join(tmpdir(), 'nightshift-tonight-'));
  onTestFinished(async () => {
    await night.close();
    await rm(data, { recursive: true, force: true });
  });
  file = new QueueFile(data);
  host = {
    rendering: vi.fn(() => (live === null ? null : session(live))),
    entryOf: vi.fn(place),
    open: vi.fn(async ({ batchId }) => session(batchId)),
    refresh: vi.fn(async () => {}),
    lacks: vi.fn(() => null),
    stillAsked: vi.fn((_id, again) => again.map(({ job, frames }) => ({ job, frames }))),
    render: vi.fn(begin),
    outlook: vi.fn(() => ({ seconds: 3600, isPaused: false })),
    stopAt: vi.fn(() => callOff),
    tell: vi.fn(),
    say: vi.fn(),
    failed: vi.fn(),
    passedOver: vi.fn(),
  };
  callOff.mockClear();
  night = await opened();
});

/** The app as it is after a start. */
async function opened(mayGoOn = false): Promise<Queue> {
  const control = new Queue(host, file, clock);
  night = control;
  await control.takeUp(async () => mayGoOn);
  return control;
}

/** It ends as in a crash: nothing is said to anybody. */
async function crashed(): Promise<void> {
  await night.close();
  live = null;
}

function render(id: string): Promise<void> {
  return night.render(id, { do: 'left', only: null });
}

function order(): string {
  return night.tonight.batches.map(({ id, state }) => `${id} ${state}`).join(', ');
}

/** What is done next has been done. */
async function settled(): Promise<void> {
  await night.remove('nothing');
}

describe('several batches', () => {
  it('are rendered one after another: Render means after the one that renders', async () => {
    await render('film');
    await render('titles');
    expect(host.say).toHaveBeenCalledExactlyOnceWith('“titles” is in tonight, after “film”.');
    await render('tests');
    expect(host.say).toHaveBeenLastCalledWith('“tests” is in tonight, after “titles”.');
    expect(order()).toBe('film running, titles waiting, tests waiting');
    expect(night.next).toMatchObject({ name: 'titles', more: 2 });
    expect(await end('film')).toBe(false);
    expect(await end('titles', 'failed')).toBe(false);
    expect(order()).toBe('tests running');
    expect(await end('tests')).toBe(true);
    expect(begun).toEqual(['film', 'titles', 'tests']);
    expect(await file.read()).toMatchObject({ on: false, batches: [] });
  });

  it('tell when each and all are done', async () => {
    await render('film');
    await render('titles');
    const { batches, endsAt, unknown } = night.tonight;
    expect(batches.map((line) => line.endsAt)).toEqual([
      at('2026-11-26T19:00'),
      at('2026-11-26T20:00'),
    ]);
    expect([endsAt, unknown]).toEqual([at('2026-11-26T20:00'), 0]);
    host.outlook.mockReturnValue({ seconds: 3600, isPaused: true });
    expect(night.tonight.endsAt).toBeNull();
  });

  it('go on with the next when one is cancelled, and not when the night is stopped', async () => {
    for (const id of ['film', 'titles', 'tests']) await render(id);
    expect(await end('film', 'cancelled')).toBe(false);
    expect(begun).toEqual(['film', 'titles']);
    await night.stop();
    expect(begun).toEqual(['film', 'titles']);
    expect(order()).toBe('titles waiting, tests waiting');
    await night.start();
    expect(begun).toEqual(['film', 'titles', 'titles']);
  });

  it('are put into another order, behind what renders', async () => {
    for (const id of ['film', 'titles', 'tests']) await render(id);
    await night.move('tests', 'titles');
    expect(order()).toBe('film running, tests waiting, titles waiting');
    await night.move('film', null);
    await night.move('titles', 'film');
    await night.remove('film');
    expect(order()).toBe('film running, tests waiting, titles waiting');
    await night.remove('tests');
    expect(order()).toBe('film running, titles waiting');
  });

  it('are begun with the one that Render is pressed for', async () => {
    await night.add('film');
    await night.add('titles');
    expect(begun).toEqual([]);
    await render('titles');
    expect(order()).toBe('titles running, film waiting');
    await end('titles');
    expect(order()).toBe('film running');
  });
});

describe('what can’t begin', () => {
  it('is passed over with its sentence, and the night goes on', async () => {
    await render('film');
    for (const id of ['gone', 'locked', 'tests']) await render(id);
    host.open.mockImplementation(async ({ batchId }) => {
      if (batchId === 'gone') throw new Error('The folder is not there any more.');
      return session(batchId);
    });
    lame.locked = 'Another Nightshift renders this batch.';
    await end('film');
    expect(order()).toBe('tests running, gone passed-over, locked passed-over');
    expect(host.passedOver.mock.calls).toEqual([
      ['gone', 'The folder is not there any more.'],
      ['locked', 'Another Nightshift renders this batch.'],
    ]);
    expect(await end('tests')).toBe(true);
    expect(order()).toBe('gone passed-over, locked passed-over');
    await night.add('locked');
    expect(order()).toBe('gone passed-over, locked waiting');
  });

  it('asks for trust while somebody is there', async () => {
    host.lacks.mockReturnValue('Nobody has said yet whether its scripts may run.');
    await expect(night.add('film')).rejects.toThrow('whether its scripts may run');
    expect(order()).toBe('');
  });

  it('is told when Render is pressed for it, and is not in tonight', async () => {
    lame.film = 'There is no Blender.';
    await expect(render('film')).rejects.toThrow('There is no Blender.');
    expect(order()).toBe('');
    expect(await file.read()).toMatchObject({ on: false });
  });

  it('could not go on in the middle: it stays with its sentence', async () => {
    await render('film');
    await render('titles');
    live = null;
    await night.ended('film', { problem: 'The journal can’t be written.' });
    expect(order()).toBe('titles running, film passed-over');
  });
});

describe('the times of the night', () => {
  it('begin it, and end it', async () => {
    await night.add('titles');
    await night.plan('film', NIGHT);
    expect(night.tonight).toMatchObject({ startAt: ELEVEN, until: EIGHT });
    expect(night.next).toMatchObject({ name: 'titles', startAt: ELEVEN });
    clock.pass(5 * HOUR - 1);
    await settled();
    expect(begun).toEqual([]);
    clock.pass(1);
    await settled();
    expect(begun).toEqual(['titles']);
    expect(host.stopAt.mock.calls.at(-1)?.slice(0, 2)).toEqual(['titles', EIGHT]);
    await end('titles');
    expect(host.stopAt.mock.calls.at(-1)?.slice(0, 2)).toEqual(['film', EIGHT]);
    host.stopAt.mock.calls.at(-1)?.[2]();
    await settled();
    expect(night.tonight).toMatchObject({ isOn: false, until: null });
  });

  it('begin nothing past the end, when a batch ends then', async () => {
    await render('film');
    await render('titles');
    await night.plan('film', { startAt: null, until: '08:00' });
    clock.jump(14 * HOUR);
    expect(await end('film')).toBe(false);
    expect(begun).toEqual(['film']);
    expect(host.say).toHaveBeenLastCalledWith('It is past 08:00: the rest of tonight waits.');
  });

  it('are now in the very minute: it starts at once, or after what renders', async () => {
    clock.pass(5 * HOUR + 20_000);
    await night.plan('film', { startAt: '23:00', until: null });
    expect(begun).toEqual(['film']);
    await night.plan('titles', { startAt: '23:00', until: null });
    expect(host.failed).not.toHaveBeenCalled();
    expect(order()).toBe('film running, titles waiting');
    expect(night.tonight.startAt).toBeNull();
  });

  it('are called off, and leave no timer', async () => {
    await night.plan('film', NIGHT);
    await night.plan('film', NOTHING);
    expect(clock.waiting).toBe(0);
    await night.plan('film', NIGHT);
    await night.remove('film');
    expect(clock.waiting).toBe(0);
    expect(await file.read()).toMatchObject({ startAt: null, until: null, batches: [] });
  });

  it('need not be waited for, and let another batch render before', async () => {
    await night.plan('film', NIGHT);
    await render('tests');
    expect(night.tonight.startAt).toBe(ELEVEN);
    expect(await end('tests')).toBe(false);
    expect(begun).toEqual(['tests']);
    await render('film');
    expect(night.tonight).toMatchObject({ startAt: null, until: EIGHT });
    expect(begun).toEqual(['tests', 'film']);
  });

  it('come while another batch renders: it goes on after it', async () => {
    await night.plan('film', NIGHT);
    await render('tests');
    clock.pass(6 * HOUR);
    await settled();
    expect(night.tonight.startAt).toBeNull();
    await end('tests');
    expect(begun).toEqual(['tests', 'film']);
  });

  it('start a computer late that was asleep, and not past the end', async () => {
    await night.plan('film', NIGHT);
    clock.jump(7 * HOUR);
    clock.pass(10_000);
    await settled();
    expect(begun).toEqual(['film']);
    await end('film');
    clock.passTo('2026-11-27T18:00');
    await night.plan('film', NIGHT);
    clock.jump(15 * HOUR);
    clock.pass(10_000);
    await settled();
    expect(begun).toEqual(['film']);
    expect(host.say).toHaveBeenLastCalledWith(expect.stringContaining('past 08:00'));
    expect(night.tonight).toMatchObject({ startAt: null, until: null });
  });
});

describe('after a crash or a restart', () => {
  it('all is there again, and one Resume goes on with the whole night', async () => {
    for (const id of ['film', 'titles']) await render(id);
    await crashed();
    await opened();
    expect(order()).toBe('film waiting, titles waiting');
    expect(night.tonight.isOn).toBe(false);
    await render('film');
    await end('film');
    expect(begun).toEqual(['film', 'film', 'titles']);
  });

  it('it goes on by itself where the artist has allowed it', async () => {
    for (const id of ['film', 'titles']) await render(id);
    await crashed();
    await opened(true);
    expect(begun).toEqual(['film', 'film']);
  });

  it('it does not go on by itself when the artist had stopped it', async () => {
    for (const id of ['film', 'titles']) await render(id);
    await night.rest();
    await crashed();
    await opened(true);
    expect(begun).toEqual(['film']);
    expect(order()).toBe('film waiting, titles waiting');
  });

  it('a plan waits again, starts late, or says that the night was missed', async () => {
    await night.plan('film', NIGHT);
    await crashed();
    await opened();
    expect(night.tonight).toMatchObject({ startAt: ELEVEN, until: EIGHT });
    expect(host.say).not.toHaveBeenCalled();
    await crashed();
    clock.jump(7 * HOUR);
    await opened();
    expect(host.say).toHaveBeenLastCalledWith('“film” starts now: Nightshift was closed at 23:00.');
    expect(begun).toEqual(['film']);
    await end('film');

    clock.passTo('2026-11-27T18:00');
    await night.plan('film', NIGHT);
    await crashed();
    clock.jump(15 * HOUR);
    await opened();
    expect(host.say).toHaveBeenLastCalledWith(
      'The night of “film” was missed: Nightshift was closed from 23:00 to 08:00. Nothing was rendered; it can be started now.',
    );
    expect(begun).toEqual(['film']);
    expect(order()).toBe('film waiting');
  });
});

describe('another process', () => {
  it('adds to tonight, and it is seen at once and rendered in its turn', async () => {
    await render('film');
    const added = { ...place('titles'), only: null };
    await new QueueFile(data).change((queue) => batchAdded(queue, added, 'last'));
    await vi.waitFor(() => expect(order()).toBe('film running, titles waiting'), 10_000);
    await end('film');
    expect(begun).toEqual(['film', 'titles']);
  });

  it('goes through the night: what is added here is rendered there, and nothing begins here', async () => {
    await crashed();
    const lock = await file.take();
    await file.change((queue) => ({
      ...batchAdded(queue, { ...place('film'), only: null }, 'last'),
      on: true,
    }));
    await opened();
    expect(night.tonight.drivenBy).toContain('command line');
    await render('titles');
    expect(begun).toEqual([]);
    expect(order()).toBe('film running, titles waiting');
    await expect(night.start()).rejects.toThrow('in the hands of');

    await lock.release();
    clock.pass(5000);
    await settled();
    expect(night.tonight).toMatchObject({ drivenBy: null, isOn: false });
    await render('film');
    expect(begun).toEqual(['film']);
  });
});

it('keeps its turn and the times of the night for a batch of which some shots are rendered before', async () => {
  await night.plan('film', NIGHT);
  await night.add('titles');
  await night.render('film', { do: 'retry', jobs: ['a'] });
  expect(begun).toEqual(['film']);
  expect(await end('film')).toBe(false);
  expect(order()).toBe('film waiting, titles waiting');
  expect(await file.read()).toMatchObject({ on: false, startAt: ELEVEN });
  clock.pass(5 * HOUR);
  await vi.waitFor(() => expect(begun).toEqual(['film', 'film']));
});

it('passes nothing over when it is closed while a batch begins', async () => {
  await render('film');
  await render('titles');
  let closing = Promise.resolve();
  host.open.mockImplementation(async ({ batchId }) => {
    closing = night.close();
    throw new Error(`${batchId} is being closed.`);
  });
  await end('film');
  await closing;
  expect((await file.read()).batches).toMatchObject([{ batchId: 'titles', problem: null }]);
  expect(host.passedOver).not.toHaveBeenCalled();
});

it('renders what was chosen of a batch when its turn comes', async () => {
  await render('film');
  const wish = { do: 'left', only: ['a', 'b'] } as const;
  await night.render('titles', wish);
  await end('film');
  expect(host.render).toHaveBeenLastCalledWith('titles', wish);
});

describe('frames again beside another batch', () => {
  const PICKED = [{ job: 'hero', frames: [4, 7] }];
  /** What batches are begun with, in their order. */
  let starts: unknown[];
  beforeEach(() => {
    starts = [];
    host.render.mockImplementation(async (id, wish) => {
      starts.push([id, wish]);
      await begin(id);
    });
  });
  const all = { do: 'left', only: null } as const;
  const again = { do: 'again', picked: PICKED } as const;

  it('wait for their turn, are shown as what they are, and nothing else of the batch is rendered', async () => {
    await render('film');
    await night.render('titles', again);
    expect(host.say).toHaveBeenCalledExactlyOnceWith(
      '“titles”, 2 frames again, is in tonight, after “film”.',
    );
    expect(night.tonight.batches[1]).toMatchObject({
      state: 'waiting',
      again: { frames: 2, shots: 0, isLeftToo: false },
    });
    expect(await end('film')).toBe(false);
    expect(starts.at(-1)).toEqual(['titles', again]);
    expect(await end('titles')).toBe(true);
    expect((await file.read()).batches).toEqual([]);
  });

  it('come before what is left of their batch, which then has its turn', async () => {
    await render('film');
    await render('titles');
    await night.render('titles', again);
    expect(order()).toBe('film running, titles waiting');
    await end('film');
    await end('titles');
    expect(starts.slice(1)).toEqual([
      ['titles', again],
      ['titles', all],
    ]);
    expect(await end('titles')).toBe(true);
  });

  it('are there again after a crash, those that were rendered before it left out', async () => {
    await render('film');
    await night.render('titles', again);
    await end('film');
    await crashed();
    host.stillAsked.mockReturnValue([{ job: 'hero', frames: [7] }]);
    await opened(true);
    expect(starts.at(-1)).toEqual(['titles', { ...again, picked: [{ job: 'hero', frames: [7] }] }]);
    await crashed();
    // All of them are there by now: nothing is begun for them.
    host.stillAsked.mockReturnValue([]);
    const before = starts.length;
    await opened(true);
    expect(starts).toHaveLength(before);
    expect((await file.read()).batches).toEqual([]);
  });

  it('begin at once where nothing renders, and outlive a crash as well', async () => {
    await night.render('film', again);
    expect(starts).toEqual([['film', again]]);
    await crashed();
    await opened(true);
    expect(starts.at(-1)).toEqual(['film', again]);
    expect(await end('film')).toBe(true);
  });

  it('join the run of their batch, and are over with it', async () => {
    await render('film');
    await night.render('film', again);
    expect(starts.at(-1)).toEqual(['film', again]);
    expect(await end('film')).toBe(true);
    expect((await file.read()).batches).toEqual([]);
  });

  it('are moved and taken out like any other', async () => {
    await render('film');
    await render('tests');
    await night.render('titles', again);
    await night.move('titles', 'tests');
    expect(order()).toBe('film running, titles waiting, tests waiting');
    await night.remove('titles');
    await end('film');
    expect(starts.at(-1)).toEqual(['tests', all]);
  });

  it('that could not begin leave nothing behind', async () => {
    lame = { film: 'No Blender.' };
    await expect(night.render('film', again)).rejects.toThrow('No Blender.');
    expect((await file.read()).batches).toEqual([]);
  });
});
