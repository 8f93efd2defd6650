import { describe, expect, it } from 'vitest';
import { ThumbnailCache } from '../../electron/app/thumbnails/cache.ts';
import type { FrameFile } from '../../electron/app/thumbnails/messages.ts';
import { MOST_WISHES, ThumbnailQueue } from '../../electron/app/thumbnails/queue.ts';
import { restAfter } from '../../electron/app/thumbnails/rest.ts';
import { temporaryFolder } from '../journal/temporary.ts';

function frame(number: number, bytes = 1): FrameFile {
  const sha256 = String(number).padStart(32, '0');
  return { batchId: 'film', file: `/shots/${number}.png`, bytes, sha256, size: 'row' };
}

/** A queue whose pictures are made when the test says so. */
async function rig() {
  const cache = new ThumbnailCache(await temporaryFolder(), 1e9);
  const made: { file: string; finish: (picture: Buffer | null) => void; fail: () => void }[] = [];
  const make = ({ file }: FrameFile) =>
    new Promise<Buffer | null>((finish, reject) => {
      made.push({ file, finish, fail: () => reject(new Error('broken')) });
    });
  return { queue: new ThumbnailQueue({ cache, make }), made };
}

/** Wishes are looked for on disk first, so that they queue a moment later. */
const queued = () => new Promise(setImmediate);
const begun = async (made: readonly unknown[], count: number) => {
  await expect.poll(() => made.length, { interval: 1, timeout: 20_000 }).toBe(count);
};

describe('the queue of the thumbnails', () => {
  it('makes one at a time, the newest wish first', async () => {
    const { queue, made } = await rig();
    const first = queue.get(frame(1));
    await begun(made, 1);
    const older = queue.get(frame(2));
    const newer = queue.get(frame(3));
    await queued();
    expect(made).toHaveLength(1);
    for (let index = 0; index < 3; index++) {
      await begun(made, index + 1);
      made[index]?.finish(null);
    }
    expect(await Promise.all([first, older, newer])).toEqual([null, null, null]);
    expect(made.map(({ file }) => file)).toEqual(['/shots/1.png', '/shots/3.png', '/shots/2.png']);
  });

  it('makes what two have wished for once', async () => {
    const { queue, made } = await rig();
    const wishes = [queue.get(frame(1)), queue.get(frame(1))];
    await begun(made, 1);
    made[0]?.finish(Buffer.from('picture'));
    expect(await Promise.all(wishes)).toHaveLength(2);
    expect(made).toHaveLength(1);
  });

  it('goes on after a picture that can not be made', async () => {
    const { queue, made } = await rig();
    const broken = queue.get(frame(1));
    await begun(made, 1);
    made[0]?.fail();
    expect(await broken).toBeNull();
    const next = queue.get(frame(2));
    await begun(made, 2);
    made[1]?.finish(Buffer.from('picture'));
    expect(await next).toEqual(Buffer.from('picture'));
  });

  it('drops the oldest wishes when there are more than anybody can look at', async () => {
    const { queue, made } = await rig();
    const busy = queue.get(frame(0));
    await begun(made, 1);
    const oldest = queue.get(frame(1));
    const others = Array.from({ length: MOST_WISHES }, (_, index) => queue.get(frame(2 + index)));
    expect(await oldest).toBeNull();
    expect(made).toHaveLength(1);
    for (let index = 0; index < MOST_WISHES; index++) {
      await begun(made, index + 1);
      made[index]?.finish(null);
    }
    await Promise.all([busy, ...others]);
    expect(made.map(({ file }) => file)).not.toContain('/shots/1.png');
  });
});

describe('the rest after a picture', () => {
  it('is none where a core is free', () => {
    expect(restAfter({ cpuMs: 300, freeCores: 1, cores: 2 })).toBe(0);
    expect(restAfter({ cpuMs: 300, freeCores: 14, cores: 16 })).toBe(0);
  });

  it('leaves all but a sliver of the machine to those who want all of it, but is never endless', () => {
    expect(restAfter({ cpuMs: 30, freeCores: 0.5, cores: 2 })).toBeCloseTo(1000);
    expect(restAfter({ cpuMs: 300, freeCores: 0.1, cores: 16 })).toBeCloseTo(1250);
    expect(restAfter({ cpuMs: 60_000, freeCores: 0, cores: 2 })).toBe(30_000);
  });
});
