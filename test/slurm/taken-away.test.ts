import { describe, test } from 'vitest';
import { expectOtherPlace, hangingNight, LONG } from './night.ts';

describe('a place that a cluster takes away in the middle of a frame costs no try', () => {
  test('when somebody cancels its job', LONG, async () => {
    const night = await hangingNight();
    await night.cluster.cancel(night.job.id);
    await expectOtherPlace(night, {
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
    await expectOtherPlace(night, {
      cause: 'taken-away',
      node,
      message: `Slurm gave ${node} to a job of higher priority while frame 2 was being rendered; it goes on in another place.`,
    });
  });

  test('when its time is over', LONG, async () => {
    const night = await hangingNight();
    await night.cluster.expire(night.job.id);
    await expectOtherPlace(night, {
      cause: 'taken-away',
      node: night.node,
      message: `The time of the job on ${night.node} was over while frame 2 was being rendered; it goes on in another place.`,
    });
  });
});
