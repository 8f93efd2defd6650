import { describe, expect, it } from 'vitest';
import { FilmBuffer, type FilmFrame } from '../../renderer/player/film-buffer.ts';
import { FilmReader, filmEntry, MOST_OF_A_FILM } from '../../shared/picture.ts';

const frames = (from: number, count: number): FilmFrame[] =>
  Array.from({ length: count }, (_, index) => ({ frame: from + index, at: 1 }));

/** A buffer whose pictures come when the test says so. */
function rig(size = { width: 10, height: 10 }) {
  const loads: {
    frames: readonly number[];
    tell: (frame: number, picture: Blob | null) => void;
    end: () => void;
    stopped: () => boolean;
  }[] = [];
  let closed = 0;
  let open = 0;
  let most = 0;
  const buffer = new FilmBuffer(
    {
      load: (asked, tell, signal) =>
        new Promise((resolve) => {
          const numbers = asked.map(({ frame }) => frame);
          loads.push({ frames: numbers, tell, end: resolve, stopped: () => signal.aborted });
        }),
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
  const answer = async (index: number) => {
    const load = loads[index];
    for (const frame of load?.frames ?? []) load?.tell(frame, new Blob(['x']));
    load?.end();
    await settled();
  };
  return { buffer, loads, answer, closed: () => closed, most: () => most };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) await Promise.resolve();
}

describe('the buffer of a film', () => {
  it('loads 300 frames in seven requests, those needed first first, and has them all decoded', async () => {
    const { buffer, loads, answer } = rig({ width: 192, height: 108 });
    const film = frames(1, 300);
    buffer.want(film);
    expect(loads).toHaveLength(1);
    expect(loads[0]?.frames).toEqual(film.slice(0, MOST_OF_A_FILM).map(({ frame }) => frame));
    for (let index = 0; index < 7; index += 1) await answer(index);
    expect(loads).toHaveLength(7);
    expect(buffer.loaded(film)).toBe(300);
    expect(film.every((frame) => buffer.stateOf(frame) === 'ready')).toBe(true);
  });

  it('says how far it is, picture by picture', async () => {
    const { buffer, loads } = rig();
    const film = frames(1, 4);
    buffer.want(film);
    loads[0]?.tell(1, new Blob(['x']));
    loads[0]?.tell(2, null);
    await settled();
    expect(buffer.loaded(film)).toBe(2);
    expect(film.map((frame) => buffer.stateOf(frame))).toEqual([
      'ready',
      'broken',
      'coming',
      'coming',
    ]);
  });

  it('turns to another place at once when somebody goes there', async () => {
    const { buffer, loads, answer } = rig();
    const film = frames(1, 300);
    buffer.want(film);
    buffer.want([...film.slice(200), ...film.slice(0, 200)]);
    expect(loads[0]?.stopped()).toBe(true);
    expect(loads[1]?.frames[0]).toBe(201);
    await answer(1);
    expect(buffer.stateOf({ frame: 201, at: 1 })).toBe('ready');
    expect(buffer.stateOf({ frame: 1, at: 1 })).toBe('coming');
  });

  it('takes a frame that was rendered anew for another one', async () => {
    const { buffer, loads, answer } = rig();
    buffer.want(frames(1, 2));
    await answer(0);
    buffer.want([{ frame: 1, at: 2 }]);
    expect(loads[1]?.frames).toEqual([1]);
    expect(buffer.picture({ frame: 1, at: 2 })).toBeNull();
    expect(buffer.picture({ frame: 1, at: 1 })).not.toBeNull();
  });

  it('decodes no more than there is room for, and what is needed next first', async () => {
    // Eight of them fill it.
    const { buffer, answer, closed } = rig({ width: 2000, height: 1750 });
    const film = frames(1, 30);
    buffer.want(film);
    await answer(0);
    const ready = () => film.filter((frame) => buffer.stateOf(frame) === 'ready');
    expect(ready().map(({ frame }) => frame)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    buffer.want(film.slice(6));
    await settled();
    expect(ready().map(({ frame }) => frame)).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
    expect(closed()).toBe(6);
    buffer.close();
    expect(closed()).toBe(14);
  });

  it('lets go of what was shown of a film that goes round, which wants all of its frames', async () => {
    const { buffer, answer, most } = rig({ width: 2000, height: 1750 });
    const film = frames(1, 30);
    buffer.want(film);
    await answer(0);
    for (let at = 1; at <= 30; at += 1) {
      buffer.want([...film.slice(at), ...film.slice(0, at)]);
      await settled();
    }
    // Eight, and those that come.
    expect(most()).toBeLessThan(16);
    expect(film.slice(0, 8).every((frame) => buffer.stateOf(frame) === 'ready')).toBe(true);
  });

  it('asks for no more than there is room for, and goes on when there is some', async () => {
    const { buffer, loads } = rig();
    const film = frames(1, 8);
    const large = { size: 60 * 2 ** 20 } as Blob;
    buffer.want(film);
    for (const { frame } of film) loads[0]?.tell(frame, large);
    loads[0]?.end();
    await settled();
    // Four of them fit.
    expect(buffer.loaded(film)).toBe(4);
    expect(loads).toHaveLength(1);
    buffer.want([...film.slice(2), ...film.slice(0, 2)]);
    expect(loads[1]?.frames).toEqual([5, 6]);
  });

  it('asks once more for what did not come, and then says that it can’t be shown', async () => {
    const { buffer, loads } = rig();
    const [only] = frames(1, 1);
    if (!only) throw new Error('no frame');
    buffer.want([only]);
    loads[0]?.end();
    await settled();
    expect(buffer.stateOf(only)).toBe('coming');
    loads[1]?.end();
    await settled();
    expect(buffer.stateOf(only)).toBe('broken');
    expect(loads).toHaveLength(2);
  });
});

it('a film is read wherever the pieces of its stream end', () => {
  const entries = [
    filmEntry(-3, Uint8Array.of(1, 2, 3)),
    filmEntry(4, null),
    filmEntry(5, Uint8Array.of(9)),
  ];
  const stream = new Uint8Array(Buffer.concat(entries));
  for (const step of [1, 5, 100]) {
    const reader = new FilmReader();
    const read = [];
    for (let at = 0; at < stream.length; at += step)
      read.push(...reader.read(stream.subarray(at, at + step)));
    expect(read.map(({ frame, picture }) => [frame, picture && [...picture]])).toEqual([
      [-3, [1, 2, 3]],
      [4, null],
      [5, [9]],
    ]);
  }
});
