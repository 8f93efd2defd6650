import { execa } from 'execa';
import { describe, expect, test, vi } from 'vitest';
import { ofType } from '../cli/rig.ts';
import type { RunningNight } from '../faults/lab.ts';
import { type ClusterLab, HERO, hangingNight, LONG } from './night.ts';

/** The night ends well, every frame was tried once, and it says what took the place away. */
async function expectWhole(
  rig: ClusterLab & { readonly running: RunningNight },
  lost: Readonly<Record<string, unknown>>,
) {
  const { code, told, err } = await rig.running.end;
  expect(code, err).toBe(0);
  expect(ofType(told, 'place-lost')).toMatchObject([lost]);
  expect(ofType(told, 'frame-failed')).toEqual([]);
  const names = ofType(told, 'frame-done').map(({ frame }) => frame);
  expect(names.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  await rig.expectWhole(HERO);
}

describe('a place that a cluster takes away in the middle of a frame costs no try', () => {
  test('when somebody cancels its job', LONG, async () => {
    const night = await hangingNight();
    await night.cluster.cancel(night.job.id);
    await expectWhole(night, {
      cause: 'taken-away',
      node: night.node,
      message: `Somebody cancelled the job on ${night.node} while frame 2 was being rendered; it goes on in another place.`,
    });
  });

  test('when a job of higher priority takes its node', LONG, async () => {
    const night = await hangingNight({ preempt: true });
    const { node } = night;
    const other = await night.cluster.fillWithOthers({ nodes: [node], partition: 'urgent' });
    await night.running.until(({ type }) => type === 'place-lost');
    await other.release();
    await expectWhole(night, {
      cause: 'taken-away',
      node,
      message: `Slurm gave ${node} to a job of higher priority while frame 2 was being rendered; it goes on in another place.`,
    });
  });

  test('when its time is over', LONG, async () => {
    const night = await hangingNight();
    await night.cluster.expire(night.job.id);
    await expectWhole(night, {
      cause: 'taken-away',
      node: night.node,
      message: `The time of the job on ${night.node} was over while frame 2 was being rendered; it goes on in another place.`,
    });
  });

  test('when its node loses its power', LONG, async () => {
    const night = await hangingNight({ missedAfter: 15 });
    await night.cluster.killNode(night.node);
    await expectWhole(night, {
      cause: 'node-lost',
      node: night.node,
      message: `The node ${night.node} failed or was lost while frame 2 was being rendered; it goes on in another place.`,
    });
  });

  test('when its node loses its power and is back before Slurm has missed it', LONG, async () => {
    const night = await hangingNight();
    // The node has told of its program by then.
    await vi.waitFor(async () => expect(await ranFor(night)).toBeGreaterThan(3), {
      timeout: 60_000,
      interval: 500,
    });
    await night.cluster.killNode(night.node);
    await night.cluster.startNode(night.node);
    await expectWhole(night, { cause: 'node-lost', node: night.node });
  });

  test('when its node is set down', LONG, async () => {
    const night = await hangingNight();
    await night.cluster.down(night.node);
    await expectWhole(night, { cause: 'node-lost', node: night.node });
  });
});

/** Seconds for which the job of a night's hanging frame has run. */
async function ranFor({ cluster, job }: Awaited<ReturnType<typeof hangingNight>>): Promise<number> {
  const args = ['-h', '-j', job.id, '-o', '%M'];
  const { stdout } = await execa('squeue', args, { env: cluster.env });
  const [minutes = 0, seconds = 0] = stdout.split(':').slice(-2).map(Number);
  return minutes * 60 + seconds;
}
