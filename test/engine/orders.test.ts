import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory, runJobSubprocess } from '../../electron/engine/index.ts';
import { JobsInRun } from '../../electron/engine/run/jobs-in-run.ts';
import { Dependencies, RunQueue } from '../../electron/engine/run/queue.ts';
import type { BatchJob } from '../../shared/job.ts';
import { jobWith } from '../app/jobs.ts';
import { type EngineRig, event, makeEngine, STAND_IN, type Watched } from './rig.ts';

test('a shot is rendered in its order, and a resume goes on in it', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-9\norder: ends-first');
  const first = await rig.processor();
  const stopped = first.until(event('frame-done', 'hero', 5)).then(() => first.processor.cancel());
  await first.processor.processBatch();
  await stopped;
  const second = await rig.processor();
  expect(await second.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const order = [...first.told('frame-done'), ...second.told('frame-done')];
  expect(order).toEqual([1, 9, 5, 3, 7, 2, 4, 6, 8]);
});

test('a shot that is rendered without a pool keeps its order too', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-5\norder: ends-first');
  const { jobs } = await createBatchFromDirectory(rig.shots, { output: rig.out });
  await runJobSubprocess(jobs[0] as BatchJob, { config: { blenderPath: STAND_IN } });
  expect((await rig.noted('render')).map(({ frame }) => frame)).toEqual([1, 5, 3, 2, 4]);
});

describe('depends_on', () => {
  test('a chain of thousands is left out link by link when its first shot fails', async () => {
    const jobs = new Map<string, BatchJob>();
    const links = 5000;
    for (let link = 0; link < links; link += 1) {
      const needs = link === 0 ? [] : [{ name: `${link - 1}`, job: `${link - 1}` }];
      const made = jobWith([], { id: `${link}`, name: `${link}`, status: 'waiting' });
      jobs.set(made.id, { ...made, shotConfig: { ...made.shotConfig, dependsOn: needs } as never });
    }
    const dependencies: Dependencies = new Dependencies({
      ...around(jobs),
      leaveOut: (job) => {
        jobs.set(job.id, { ...job, status: 'skipped' });
        dependencies.ended(job.id);
      },
    });
    const ids = [...jobs.keys()];
    for (const id of dependencies.takeIn(ids)) dependencies.place(id);
    jobs.set('0', { ...(jobs.get('0') as BatchJob), status: 'failed' });
    dependencies.ended('0');
    expect([...jobs.values()].filter(({ status }) => status === 'skipped')).toHaveLength(links - 1);
  });

  test('a shot that can not be placed holds back no shot that waits for another', () => {
    const job = (id: string, status: BatchJob['status'], needs: string | null) => ({
      ...jobWith([], { id, name: id, status }),
      shotConfig: { dependsOn: needs ? [{ name: needs, job: needs }] : [] } as never,
    });
    const all = [job('a', 'waiting', null), job('b', 'waiting', 'a'), job('c', 'waiting', null)];
    const jobs = new Map<string, BatchJob>(
      [...all, job('d', 'waiting', 'c')].map((each) => [each.id, each]),
    );
    const queue = new RunQueue();
    const dependencies = new Dependencies({
      ...around(jobs),
      queue,
      leaveOut: () => {
        throw new Error('The journal can not be written.');
      },
    });
    for (const id of dependencies.takeIn([...jobs.keys()])) dependencies.place(id);
    jobs.set('a', job('a', 'failed', null));
    expect(() => dependencies.ended('a')).toThrow('The journal can not be written.');
    for (const id of ['a', 'c']) queue.remove(id);
    jobs.set('c', job('c', 'completed', null));
    dependencies.ended('c');
    expect(queue.next()).toBe('d');
  });

  test('a shot starts when those that it needs are complete, whatever the priorities say', async () => {
    const rig = await makeEngine();
    await rig.shot('a_comp', 'frames: 1\npriority: 9\ndepends_on: [bg, fg]');
    await rig.shot('bg', 'frames: 1-3');
    await rig.shot('fg', 'frames: 1-2');
    const watched = await rig.processor({ workers: 2 });
    expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
    expect(steps(watched).at(-1)).toBe('a_comp completed');
    expect(steps(watched)).not.toContain('a_comp skipped');
  });

  test('where one fails, those that need it are left out with a sentence, and go on when it is retried', async () => {
    const rig = await brokenBackground();
    const watched = await rig.processor();
    const result = await watched.processor.processBatch();
    expect(result).toMatchObject({ completed: 1, failed: 1, skipped: 2 });
    expect(watched.job('comp').error).toMatchObject({
      cause: 'needs-another-shot',
      message: 'It needs bg, which failed.',
      nextStep: 'Retry bg; this shot then goes on by itself.',
    });
    expect(watched.job('final').error?.message).toBe('It needs comp, which was not started.');
    expect(watched.job('final').error?.nextStep).toContain('Retry bg;');
    await rig.steer({});
    await watched.processor.retryJobs([watched.job('bg').id]);
    expect(watched.processor.getResult()).toMatchObject({ completed: 4, skipped: 0 });
  });

  test('they go on also within the run in which it is retried, and after a restart', async () => {
    const rig = await brokenBackground();
    const first = await rig.processor();
    await first.processor.processBatch();
    await rig.steer({});
    const second = await rig.processor();
    await second.processor.load();
    expect(second.job('comp')).toMatchObject({ status: 'skipped' });
    expect(await second.processor.processBatch()).toMatchObject({ completed: 4 });
  });

  test('a shot that is cancelled takes those along that wait for it, and a retry brings both back', async () => {
    const rig = await makeEngine();
    await rig.shot('bg', 'frames: 1-4');
    await rig.shot('comp', 'frames: 1\ndepends_on: bg');
    await rig.shot('other', 'frames: 1-30');
    await rig.steer({ render: { seconds: 0.03 } });
    const watched = await rig.processor();
    const { processor } = watched;
    const running = processor.processBatch();
    await watched.until(event('frame-done', 'bg', 1));
    await processor.cancelJob(watched.job('bg').id);
    expect(watched.job('comp')).toMatchObject({
      status: 'skipped',
      error: { message: 'It needs bg, which was cancelled.' },
    });
    await processor.retryJobs([watched.job('bg').id]);
    expect(watched.job('comp').status).toBe('waiting');
    expect(await running).toMatchObject({ outcome: 'completed', completed: 3 });
  });

  test('alone it is not started before the shot that it needs is complete', async () => {
    const rig = await makeEngine();
    await rig.shot('bg', 'frames: 1');
    await rig.shot('comp', 'frames: 1\ndepends_on: bg');
    const { processor, job } = await rig.processor();
    const ids = [job('comp').id];
    await processor.processBatch({ only: ids });
    expect(job('comp').error?.message).toContain('not complete and no part of this run');
    expect(job('bg').status).toBe('waiting');
    await processor.processBatch({ only: [job('bg').id] });
    // It was left out for it, so it went on with it.
    expect(job('comp').status).toBe('completed');
  });

  test('a shot whose needed one has lost its frames waits until they are rendered again', async () => {
    const rig = await makeEngine();
    await rig.shot('bg', 'frames: 1-2');
    await rig.processor().then(({ processor }) => processor.processBatch());
    await rig.shot('a_comp', 'frames: 1\ndepends_on: bg');
    await rm(join(rig.out, 'bg'), { recursive: true });
    const watched = await rig.processor();
    await watched.processor.processBatch();
    expect(steps(watched)).toEqual([
      'bg running',
      'bg completed',
      'a_comp running',
      'a_comp completed',
    ]);
  });
});

describe('setPriority', () => {
  test('a shot that waits goes first at once: the open scene is left after its frame, and gone on with later', async () => {
    const rig = await makeEngine();
    await rig.shot('long', 'frames: 1-6');
    await rig.shot('urgent', 'frames: 1-2');
    await rig.steer({ render: { seconds: 0.05 } });
    const watched = await rig.processor();
    const running = watched.processor.processBatch();
    await watched.until(event('frame-started', 'long', 2));
    await watched.processor.setPriority([watched.job('urgent').id], 1);
    expect(await running).toMatchObject({ outcome: 'completed' });
    expect(steps(watched)).toEqual([
      'long running',
      'urgent running',
      'urgent completed',
      'long completed',
    ]);
    expect(watched.told('frame-done', 'urgent')).toEqual([1, 2]);
    expect(watched.events.findIndex(is(watched, 'urgent', 2))).toBeLessThan(
      watched.events.findIndex(is(watched, 'long', 3)),
    );
  });

  test('outlives a restart, before, within and after a run, until the shot file says something else', async () => {
    const rig = await makeEngine();
    for (const name of ['a', 'b', 'c']) await rig.shot(name, 'frames: 1');
    const first = await rig.processor();
    await first.processor.setPriority([first.job('c').id], 4);
    await first.processor.processBatch();
    expect(steps(first)[0]).toBe('c running');
    const second = await rig.processor({ resumeOnFailure: false });
    await second.processor.load();
    await second.processor.setPriority([second.job('b').id], 9);
    const third = await rig.processor({ resumeOnFailure: false });
    await third.processor.load();
    expect(third.job('b').chosenPriority).toEqual({ priority: 9, over: 0 });
    await third.processor.processBatch();
    expect(steps(third).filter((step) => step.endsWith('running'))).toEqual([
      'b running',
      'c running',
      'a running',
    ]);
    await rig.shot('b', 'frames: 1\npriority: -1');
    const fourth = await rig.processor({ resumeOnFailure: false });
    await fourth.processor.processBatch();
    expect(
      steps(fourth)
        .filter((step) => step.endsWith('running'))
        .at(-1),
    ).toBe('b running');
    const journal = await readFile(join(fourth.processor.checkpointPath, 'journal.jsonl'), 'utf8');
    expect(journal.match(/job-prioritized/g)).toHaveLength(2);
  });
});

test('what was begun goes first, then the unknown, and what is known of its like goes last, longest first', async () => {
  const rig = await makeEngine();
  await rig.shot('b_begun', 'frames: 1-3');
  const before = await rig.processor();
  const stop = before
    .until(event('frame-done', 'b_begun', 1))
    .then(() => before.processor.cancel());
  await before.processor.processBatch();
  await stop;
  await rig.shot('a_first', 'frames: 1');
  const like = (frames: string) => `blend: ../scenes/a_first.blend\nframes: ${frames}`;
  await rig.file('shots/c_short.yaml', like('1-2'));
  await rig.file('shots/d_long.yaml', like('1-4'));
  await rig.shot('e_unknown', 'frames: 1');
  const watched = await rig.processor();
  await watched.processor.processBatch();
  expect(steps(watched).filter((step) => step.endsWith('running'))).toEqual(
    ['b_begun', 'a_first', 'e_unknown', 'd_long', 'c_short'].map((name) => `${name} running`),
  );
});

/** What the dependencies of some jobs need. */
function around(jobs: Map<string, BatchJob>) {
  const { signal } = new AbortController();
  return {
    store: {
      jobs: [...jobs.values()],
      has: () => true,
      job: (id: string) => jobs.get(id) as BatchJob,
      record: () => {},
    },
    jobs: new JobsInRun({ stop: signal, clock: () => 0 }),
    queue: new RunQueue(),
    elsewhere: new Map<string, BatchJob>(),
  };
}

/** What became of which shot, in order. */
function steps({ events, processor }: Watched): readonly string[] {
  return events.flatMap((one) => {
    const name = processor.job(one.job)?.name;
    if (one.type === 'job-started') return [`${name} running`];
    return one.type === 'job-finished' ? [`${name} ${one.status}`] : [];
  });
}

function is({ processor }: Watched, name: string, frame: number) {
  return (one: Watched['events'][number]) =>
    one.type === 'frame-done' && one.frame === frame && processor.job(one.job)?.name === name;
}

async function brokenBackground(): Promise<EngineRig> {
  const rig = await makeEngine();
  await rig.shot('bg', 'frames: 1');
  await rig.shot('comp', 'frames: 1\ndepends_on: bg');
  await rig.shot('final', 'frames: 1\ndepends_on: comp');
  await rig.shot('other', 'frames: 1');
  const fail = { cause: 'no-camera', message: 'The scene has no camera.' };
  await rig.steer({ open: { blend: 'bg.blend', fail } });
  return rig;
}
