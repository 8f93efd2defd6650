import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isRunning } from '../../electron/blender/process-tree.ts';
import { endLeftBehind, Seats } from '../../electron/engine/capacity/seats.ts';
import { recordedPids } from '../helpers/recorded-pids.ts';
import { temporaryFolder } from '../journal/temporary.ts';

/** Runs until it is ended, with the token on its command line. */
function waiting(token: string) {
  const args = ['-e', "console.log('up'); setInterval(() => {}, 1e6)", '--', 'nightshift', token];
  return { program: process.execPath, args, token };
}

async function seatsOf(launcher?: string) {
  const checkpoint = await temporaryFolder();
  const seats = new Seats({ launcher }, checkpoint, batchIn(checkpoint));
  onTestFinished(() => seats.close());
  return { checkpoint, seats };
}

function batchIn(folder: string) {
  return { folder, outputRoot: folder, jobs: [] };
}

async function launch(seats: Seats, lane: number, token: string) {
  const launched = await seats.of(lane).launch(waiting(token));
  if ('error' in launched) throw new Error(launched.error);
  await once(launched.stdout, 'data');
  return launched;
}

describe('the seats of a run', () => {
  test('write down what runs on them, and forget what has ended', async () => {
    const { checkpoint, seats } = await seatsOf();
    const one = await launch(seats, 1, 'token-one');
    const two = await launch(seats, 2, 'token-two');
    await vi.waitFor(
      async () => expect(await recordedPids(checkpoint)).toEqual([one.pid, two.pid]),
      20_000,
    );
    const text = await readFile(join(checkpoint, 'workers.json'), 'utf8');
    expect(JSON.parse(text)[0]).toEqual({ pid: one.pid, token: 'token-one' });
    await one.kill();
    await vi.waitFor(async () => expect(await recordedPids(checkpoint)).toEqual([two.pid]), 20_000);
    await seats.close();
    expect(await isRunning(two.pid)).toBe(false);
    expect(await recordedPids(checkpoint)).toEqual([]);
  });

  test('one of them that has been given back runs nothing more, and its lane gets another', async () => {
    const { seats } = await seatsOf();
    const seat = seats.of(1);
    expect(seats.of(1)).toBe(seat);
    const early = seat.launch(waiting('token-early'));
    await seat.end();
    expect(seat.alive).toBe(false);
    expect(await early).toEqual({ error: 'ECANCELED' });
    expect(await seat.launch(waiting('token-late'))).toEqual({ error: 'ECANCELED' });
    expect(seats.of(1)).not.toBe(seat);
    expect(seats.of(1).alive).toBe(true);
  });

  test('share the memory of the machine, and each has all of its cores', async () => {
    const { seats } = await seatsOf();
    const first = seats.of(1);
    const { memoryMb } = first;
    seats.of(2);
    expect(first.memoryMb).toBe(memoryMb / 2);
    expect(seats.of(2).cores).toBe(first.cores);
  });

  test.skipIf(process.platform !== 'linux')(
    'what is behind a launcher is found by the next start as well',
    async () => {
      const { checkpoint, seats } = await seatsOf('setsid --wait');
      const left = await launch(seats, 1, 'token-left');
      await vi.waitFor(async () => expect(await recordedPids(checkpoint)).toEqual([left.pid]));
      expect(await endLeftBehind(checkpoint, batchIn(checkpoint))).toBe(1);
      await left.ended;
      expect(await isRunning(left.pid)).toBe(false);
    },
  );

  test('what tried the nodes of a cluster is cleared by the next start, and nothing of another batch', async () => {
    const checkpoint = await temporaryFolder();
    const outputRoot = await temporaryFolder();
    const owner = basename(checkpoint);
    const others = [
      '.nightshift-another-1-here',
      `.nightshift-${owner}-1-there.txt`,
      'hero_0001.png',
    ];
    for (const name of [`.nightshift-${owner}-1-here`, `.nightshift-${owner}-1-there`, ...others]) {
      await writeFile(join(outputRoot, name), '');
    }
    await endLeftBehind(checkpoint, { ...batchIn(checkpoint), outputRoot });
    expect((await readdir(outputRoot)).sort()).toEqual(others.sort());
  });

  test('a record that is broken counts as empty', async () => {
    const checkpoint = await temporaryFolder();
    expect(await endLeftBehind(checkpoint, batchIn(checkpoint))).toBe(0);
    for (const text of ['', '{', '[{"pid":"x"}]', 'null']) {
      await writeFile(join(checkpoint, 'workers.json'), text);
      expect(await endLeftBehind(checkpoint, batchIn(checkpoint))).toBe(0);
    }
  });
});
