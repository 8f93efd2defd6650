import { describe, expect, it } from 'vitest';
import type { FrameFile } from '../../electron/app/thumbnails/desk.ts';
import { Maker } from '../../electron/app/thumbnails/maker.ts';
import type { Answer, Order } from '../../electron/app/thumbnails/messages.ts';

const NAME = `film/${'1'.repeat(32)}-1-row`;
const FRAME: FrameFile = {
  batchId: 'film',
  file: '/shots/1.png',
  bytes: 1,
  sha256: '1'.repeat(32),
  size: 'row',
};
const OTHER: FrameFile = { ...FRAME, sha256: '2'.repeat(32) };
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
    const wishes = [maker.get(FRAME), maker.get(OTHER)];
    processes[0]?.says({ type: 'ready' });
    processes[0]?.says({ type: 'making', name: NAME });
    processes[0]?.dies();
    expect(await Promise.all(wishes)).toEqual([null, null]);
    expect(await maker.get(FRAME)).toBeNull();
    expect(processes).toHaveLength(1);
    const again = maker.get(OTHER);
    expect(processes).toHaveLength(2);
    processes[1]?.says({ type: 'ready' });
    const id = processes[1]?.orders[0]?.id ?? 0;
    processes[1]?.says({ type: 'done', id, picture: PICTURE });
    expect(await again).toBe(PICTURE);
  });

  it('blames no picture for a process that was ended between two', async () => {
    const { maker, processes } = rig();
    const wish = maker.get(OTHER);
    processes[0]?.says({ type: 'ready' });
    processes[0]?.says({ type: 'making', name: NAME });
    processes[0]?.says({ type: 'making', name: null });
    processes[0]?.dies();
    expect(await wish).toBeNull();
    void maker.get(FRAME);
    expect(processes).toHaveLength(2);
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
