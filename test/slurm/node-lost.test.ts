import { execa } from 'execa';
import { describe, expect, test, vi } from 'vitest';
import { expectOtherPlace, hangingNight, LONG } from './night.ts';

// Slurm and we take a minute and a half to miss what is gone here: so these nights are beside those of `taken-away.test.ts`.
describe('a place whose node is lost in the middle of a frame costs no try', () => {
  test('when its node loses its power', LONG, async () => {
    const night = await hangingNight({ missedAfter: 15 });
    await night.cluster.killNode(night.node);
    await expectOtherPlace(night, {
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
    await expectOtherPlace(night, { cause: 'node-lost', node: night.node });
  });

  test('when its node is set down', LONG, async () => {
    const night = await hangingNight();
    await night.cluster.down(night.node);
    await expectOtherPlace(night, { cause: 'node-lost', node: night.node });
  });
});

/** Seconds for which the job of a night's hanging frame has run. */
async function ranFor({ cluster, job }: Awaited<ReturnType<typeof hangingNight>>): Promise<number> {
  const args = ['-h', '-j', job.id, '-o', '%M'];
  const { stdout } = await execa('squeue', args, { env: cluster.env });
  const [minutes = 0, seconds = 0] = stdout.split(':').slice(-2).map(Number);
  return minutes * 60 + seconds;
}
