import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createBatchFromDirectory,
  generateBatchReport,
  listCheckpoints,
  readResult,
} from '../../electron/engine/index.ts';
import { event, makeEngine } from '../engine/rig.ts';
import { runEvents } from './run-events.ts';

test('what a start finds out of order is told once, with names', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  await rig.shot('knob', 'frames: 1-2');
  const first = await rig.processor();
  await first.processor.processBatch();
  await rm(join(rig.out, 'hero', 'hero_0002.png'));
  await rig.shot('knob', 'frames: 1-2\noutput: {name: other_####}');
  await appendFile(join(first.processor.checkpointPath, 'journal.jsonl'), 'this is no event\n');
  const second = await rig.processor();
  await second.processor.processBatch();
  expect(runEvents(second, 'batch-recovered')).toMatchObject([
    {
      found: {
        orphansStopped: 0,
        linesSetAside: 1,
        lost: [{ name: 'hero', frames: 1 }],
        stale: [{ name: 'knob', frames: 2 }],
      },
    },
  ]);
  const report = generateBatchReport(await readResult(second.processor.checkpointPath));
  expect(report).toContain('1 line of the checkpoint could not be read and was kept aside');
  expect(report).toContain('1 frame finished before is gone or was changed since');
  expect(report).toContain('2 frames are rendered again because the shot was changed: knob.');
  const third = await rig.processor();
  await third.processor.processBatch();
  expect(runEvents(third, 'batch-recovered')).toEqual([]);
});

test('a shot that left the folder leaves lists and reports; when it is back, no frame of it is rendered again', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rig.shot('knob', 'frames: 1-3');
  const first = await rig.processor();
  await first.processor.processBatch();
  const { checkpointPath } = first.processor;
  await rm(join(rig.shots, 'knob.yaml'));
  const second = await rig.processor();
  await second.processor.processBatch();
  expect((await readResult(checkpointPath)).jobs.map(({ name }) => name)).toEqual(['hero']);
  expect((await listCheckpoints(rig.data))[0]?.frames).toMatchObject({ total: 2, done: 2 });
  await rig.shot('knob', 'frames: 1-3');
  const third = await rig.processor();
  await third.processor.processBatch();
  expect(third.told('frame-done')).toEqual([]);
  expect((await readResult(checkpointPath)).totalJobs).toBe(2);
});

test('a run of some shots only says nothing about the others', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rig.shot('knob', 'frames: 1-3');
  const first = await rig.processor();
  await first.processor.processBatch();
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const some = { ...batch, jobs: batch.jobs.slice(0, 1), partial: true };
  const second = await rig.processor({}, {}, some);
  await second.processor.processBatch();
  expect((await readResult(second.processor.checkpointPath)).totalJobs).toBe(2);
});

test('a report that is made while it renders says so, and speaks of no interruption', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  await rig.steer({ render: { frame: 3, hang: true } });
  const { processor, until } = await rig.processor();
  const second = until(event('frame-done', 'hero', 2));
  const running = processor.processBatch();
  await second;
  const report = generateBatchReport(await readResult(processor.checkpointPath));
  expect(report).toContain('Still rendering: 0 of 1 shot is complete, and 2 of 3 frames on disk.');
  expect(report).toContain('being rendered');
  expect(report).not.toMatch(/crash|power cut|stopped/);
  await processor.cancel();
  expect(generateBatchReport(await running)).not.toContain('Still rendering');
});

test('stopping at the first failure counts a shot that can not be read, before anything is rendered', async () => {
  const rig = await makeEngine();
  await rig.shot('good', 'frames: 1-2');
  await rig.file('shots/bad.yaml', 'blend: [not\n');
  const { processor, job } = await rig.processor({ continueOnError: false });
  expect(await processor.processBatch()).toMatchObject({
    failed: 1,
    skipped: 1,
    outcome: 'failed',
  });
  expect(job('good').status).toBe('skipped');
  expect(await rig.noted('open')).toEqual([]);
});
