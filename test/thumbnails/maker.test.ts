import { afterEach, describe, expect, it, vi } from 'vitest';
import { Maker } from '../../electron/app/thumbnails/maker.ts';
import {
  type Answer,
  type FrameFile,
  type Order,
  pixelsName,
} from '../../electron/app/thumbnails/messages.ts';

const NAME = `film/${'1'.repeat(32)}-1-row`;
const FRAME: FrameFile = {
  batchId: 'film',
  file: '/shots/1.png',
  bytes: 1,
  sha256: '1'.repeat(32),
  size: 'row',
};
const OTHER: FrameFile = { ...FRAME, sha256: '2'.repeat(32) };
const VALUES = { file: '/far/away.exr', bytes: 1 };
const ASKED = { layer: '', region: null, columns: 10, rows: 10 };
const PICTURE = Uint8Array.of(1, 2, 3);

/** A maker whose processes do what the test says. */
function rig() {
  const processes: {
    orders: Order[];
    says: (answer: Answer) => void;
    dies: () => void;
    ended: boolean;
  }[] = [];
  const maker = new Maker((says, dies) => {
    const process = { orders: [] as Order[], says, dies, ended: false };
    processes.push(process);
    return {
      post: (order) => process.orders.push(order),
      end: () => {
        process.ended = true;
      },
    };
  });
  return { maker, processes };
}

afterEach(() => void vi.useRealTimers());

describe('the maker of thumbnails', () => {
  it('starts one process with the first wish and gives it orders once it listens', async () => {
    const { maker, processes } = rig();
    expect(processes).toHaveLength(0);
    const wishes = [maker.get(FRAME), maker.get(OTHER)];
    expect(processes).toHaveLength(1);
    expect(processes[0]?.orders).toEqual([]);
    processes[0]?.says({ type: 'ready' });
    for (const { id } of processes[0]?.orders ?? []) {
      processes[0]?.says({ type: 'done', id, picture: PICTURE });
    }
    expect(await Promise.all(wishes)).toEqual([PICTURE, PICTURE]);
  });

  it('outlives a picture that crashes its process, and does not try that one again', async () => {
    const { maker, processes } = rig();
    const [deadly, other] = [maker.get(FRAME), maker.get(OTHER)];
    processes[0]?.says({ type: 'ready' });
    processes[0]?.says({ type: 'making', name: NAME });
    processes[0]?.dies();
    expect(await deadly).toBeNull();
    expect(await maker.get(FRAME)).toBeNull();
    expect(processes).toHaveLength(2);
    processes[1]?.says({ type: 'ready' });
    expect(processes[1]?.orders).toHaveLength(1);
    const id = processes[1]?.orders[0]?.id ?? 0;
    processes[1]?.says({ type: 'done', id, picture: PICTURE });
    expect(await other).toBe(PICTURE);
  });

  it('gives up a picture that hangs, ends its process, and makes the others in the next one', async () => {
    vi.useFakeTimers();
    const { maker, processes } = rig();
    const [hanging, other] = [maker.get(FRAME), maker.get(OTHER)];
    processes[0]?.says({ type: 'ready' });
    processes[0]?.says({ type: 'making', name: NAME });
    vi.advanceTimersByTime(60_000);
    expect(await hanging).toBeNull();
    expect(processes[0]?.ended).toBe(true);
    processes[1]?.says({ type: 'ready' });
    const id = processes[1]?.orders[0]?.id ?? 0;
    processes[1]?.says({ type: 'done', id, picture: PICTURE });
    expect(await other).toBe(PICTURE);
    vi.advanceTimersByTime(59_000);
    expect(processes[1]?.ended).toBe(false);
  });

  it('starts no process any more where three in a row could not even listen', async () => {
    const { maker, processes } = rig();
    const wish = maker.get(FRAME);
    for (let turn = 0; turn < 3; turn += 1) processes[turn]?.dies();
    expect(await wish).toBeNull();
    expect(await maker.get(OTHER)).toBeNull();
    expect(processes).toHaveLength(3);
  });

  it('knows each of two that it makes at once: the one that hangs is given up, although the other was made', async () => {
    vi.useFakeTimers();
    const { maker, processes } = rig();
    const [hanging, other] = [maker.pixels(VALUES, ASKED), maker.get(FRAME)];
    processes[0]?.says({ type: 'ready' });
    processes[0]?.says({ type: 'making', name: pixelsName(VALUES) });
    processes[0]?.says({ type: 'making', name: NAME });
    processes[0]?.says({ type: 'made', name: NAME });
    vi.advanceTimersByTime(60_000);
    expect(await hanging).toBeNull();
    processes[1]?.says({ type: 'ready' });
    const id = processes[1]?.orders[0]?.id ?? 0;
    processes[1]?.says({ type: 'done', id, picture: PICTURE });
    expect(await other).toBe(PICTURE);
  });

  it('blames no picture for a process that was ended between two', async () => {
    const { maker, processes } = rig();
    const wish = maker.get(OTHER);
    processes[0]?.says({ type: 'ready' });
    processes[0]?.says({ type: 'making', name: NAME });
    processes[0]?.says({ type: 'made', name: NAME });
    processes[0]?.dies();
    void maker.get(FRAME);
    processes[1]?.says({ type: 'ready' });
    expect(processes[1]?.orders).toHaveLength(2);
    for (const { id } of processes[1]?.orders ?? []) {
      processes[1]?.says({ type: 'done', id, picture: PICTURE });
    }
    expect(await wish).toBe(PICTURE);
  });

  it('answers everybody when it is closed, and starts nothing any more', async () => {
    const { maker, processes } = rig();
    const wish = maker.get(FRAME);
    maker.close();
    maker.close();
    expect(await wish).toBeNull();
    expect(processes[0]?.ended).toBe(true);
    expect(await maker.get(FRAME)).toBeNull();
    await maker.clear('film');
    expect(processes).toHaveLength(1);
  });
});
