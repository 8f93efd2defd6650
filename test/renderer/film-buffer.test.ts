import { describe, expect, it } from 'vitest';
import { FilmBuffer, type FilmFrame } from '../../renderer/player/film-buffer.ts';

const frames = (from: number, count: number): FilmFrame[] =>
  Array.from({ length: count }, (_, index) => ({ frame: from + index, at: 1 }));

/** A buffer whose source answers as `pictureOf` says, and notes what it was asked. */
function rig(
  size = { width: 10, height: 10 },
  pictureOf: (frame: number) => Promise<Blob | null> = async () => new Blob(['x']),
) {
  const asked: number[] = [];
  let [closed, open, most, loading, mostLoading] = [0, 0, 0, 0, 0];
  const buffer = new FilmBuffer(
    {
      load: ({ frame }) => {
        asked.push(frame);
        loading += 1;
        mostLoading = Math.max(mostLoading, loading);
        return pictureOf(frame).finally(() => {
          loading -= 1;
        });
      },
      decode: async () => {
        open += 1;
        most = Math.max(most, open);
        return {
          ...size,
          close: () => {
            closed += 1;
            open -= 1;
          },
        };
      },
    },
    () => undefined,
  );
  return { buffer, asked, closed: () => closed, most: () => most, mostLoading: () => mostLoading };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 8000; turn += 1) await Promise.resolve();
}

describe('the buffer of a film', () => {
  it('loads 300 frames in the order of need, two at a time, and decodes them all', async () => {
    const { buffer, asked, mostLoading } = rig({ width: 192, height: 108 });
    const film = frames(1, 300);
    buffer.want(film);
    await settled();
    expect(asked).toEqual(film.map(({ frame }) => frame));
    expect(mostLoading()).toBe(2);
    expect(buffer.loaded(film)).toBe(300);
    expect(film.every((frame) => buffer.stateOf(frame) === 'ready')).toBe(true);
  });

  it('counts what is loaded or broken, picture by picture', async () => {
    const never = new Promise<null>(() => undefined);
    const { buffer } = rig(undefined, async (frame) =>
      frame === 1 ? new Blob(['x']) : frame === 2 ? null : never,
    );
    const film = frames(1, 4);
    buffer.want(film);
    await settled();
    expect(buffer.loaded(film)).toBe(2);
    expect(film.map((frame) => buffer.stateOf(frame))).toEqual([
      'ready',
      'broken',
      'coming',
      'coming',
    ]);
  });

  it('loads another place next when the artist goes there', async () => {
    const { buffer, asked } = rig();
    const film = frames(1, 300);
    buffer.want(film);
    buffer.want([...film.slice(200), ...film.slice(0, 200)]);
    await settled();
    expect(asked.slice(0, 4)).toEqual([1, 2, 201, 202]);
  });

  it('takes a frame that was rendered again for another one', async () => {
    const { buffer, asked } = rig();
    buffer.want(frames(1, 2));
    await settled();
    buffer.want([{ frame: 1, at: 2 }]);
    expect(buffer.picture({ frame: 1, at: 2 })).toBeNull();
    expect(buffer.picture({ frame: 1, at: 1 })).not.toBeNull();
    expect(asked).toEqual([1, 2, 1]);
  });

  it('decodes no more than there is room for, and what is needed next first', async () => {
    // Eight of them fill it.
    const { buffer, closed } = rig({ width: 2000, height: 1750 });
    const film = frames(1, 30);
    buffer.want(film);
    await settled();
    const ready = () => film.filter((frame) => buffer.stateOf(frame) === 'ready');
    expect(ready().map(({ frame }) => frame)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    buffer.want(film.slice(6));
    await settled();
    expect(ready().map(({ frame }) => frame)).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
    expect(closed()).toBe(6);
    buffer.close();
    expect(closed()).toBe(14);
  });

  it('drops shown pictures of a film that loops and wants all of its frames', async () => {
    const { buffer, most } = rig({ width: 2000, height: 1750 });
    const film = frames(1, 30);
    buffer.want(film);
    for (let at = 1; at <= 30; at += 1) {
      buffer.want([...film.slice(at), ...film.slice(0, at)]);
      await settled();
    }
    // Eight, and those on their way.
    expect(most()).toBeLessThan(16);
    expect(film.slice(0, 8).every((frame) => buffer.stateOf(frame) === 'ready')).toBe(true);
  });

  it('loads no more than there is room for, and continues when there is some', async () => {
    const large = { size: 60 * 2 ** 20 } as Blob;
    const { buffer, asked } = rig(undefined, async () => large);
    const film = frames(1, 8);
    buffer.want(film);
    await settled();
    // Four of them fit.
    expect(buffer.loaded(film)).toBe(4);
    const before = asked.length;
    expect(before).toBeLessThan(7);
    buffer.want([...film.slice(2), ...film.slice(0, 2)]);
    await settled();
    expect(asked.slice(before, before + 2)).toEqual([5, 6]);
    expect(film.slice(2, 6).every((frame) => buffer.loaded([frame]) === 1)).toBe(true);
  });

  it('tries a failed load once more, and then reports it as broken', async () => {
    const { buffer, asked } = rig(undefined, () => Promise.reject(new Error('gone')));
    const film = frames(1, 1);
    buffer.want(film);
    await settled();
    expect(film.map((frame) => buffer.stateOf(frame))).toEqual(['broken']);
    expect(asked).toEqual([1, 1]);
  });
});
