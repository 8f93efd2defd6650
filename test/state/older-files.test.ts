import { expect, it } from 'vitest';
import { olderSection } from '../../electron/engine/report/night-sections.ts';
import type { BatchResult } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import { jobAfter } from '../../shared/job-state.ts';
import { type OlderNote, olderFrames, olderNote, savedText } from '../../shared/older-files.ts';
import { DONE, jobWith, record } from '../app/jobs.ts';

const NOTE: OlderNote = { frames: 24, saved: 1000, files: ['hero.blend'], wasOpen: false };
const when = () => 'at 14:52';

it.each<[Partial<OlderNote>, string]>([
  [{}, 'hero.blend was saved at 14:52, after these 24 frames were made'],
  [{ frames: 1 }, 'hero.blend was saved at 14:52, after this frame was made'],
  [
    { files: ['kit.blend', 'wood.png'] },
    'kit.blend and 1 more were saved at 14:52, after these 24 frames were made',
  ],
  [
    { wasOpen: true },
    'hero.blend was saved at 14:52 while it rendered; these 24 frames are of the file before',
  ],
  [
    { files: ['wood.png'], wasOpen: true, mayShow: 3 },
    'wood.png was saved at 14:52 while it rendered; 3 of these 24 frames may show it already',
  ],
  [{ files: [], saved: null }, 'Its files were changed after these 24 frames were made'],
])('what is said of older frames, %o', (change, text) => {
  expect(savedText({ ...NOTE, ...change }, when)).toBe(text);
});

it('tells the frames that were made after a texture was saved from those before: Blender may have read it anew', () => {
  const madeAt = (at: number) => ({ ...DONE, record: record(2, at) });
  const done = jobWith([madeAt(1000), madeAt(2000)], { status: 'completed' });
  const event = { type: 'job-saved', job: done.id, at: 3000, source: 'two' } as const;
  const saved = (file: string) => jobAfter(done, { ...event, saved: 1500, files: [file] });
  const shown = (job: BatchJob) =>
    olderFrames(job).map(({ frames, mayShow = false }) => [frames, mayShow]);
  expect(shown(saved('wood.png'))).toEqual([
    [[1], false],
    [[2], true],
  ]);
  expect(shown(saved('kit.blend'))).toEqual([[[1, 2], false]]);
  const job = saved('wood.png');
  expect(olderNote(job, olderFrames(job))).toMatchObject({ frames: 2, mayShow: 1 });
  expect(olderSection(result([job]))).toMatch(
    /frames 2: of wood\.png before or after it was saved/,
  );
});

/** Two frames that are done, and what the journal says of their files then. */
function savedTwice(): BatchJob {
  const done = jobWith([DONE, DONE], { status: 'completed' });
  const about = { job: done.id, saved: 500, files: ['hero.blend'] };
  const once = jobAfter(done, { type: 'job-saved', ...about, at: 2000, source: 'two' });
  return jobAfter(once, { type: 'job-saved', ...about, at: 3000, source: 'three' });
}

it('frames are of the files that were there when they were proved', () => {
  const [made, ...more] = olderFrames(savedTwice());
  expect(more).toEqual([]);
  expect(made).toMatchObject({ frames: [1, 2], files: { until: 2000 } });
});

it('twice is once, and a file that is put back makes nothing older', () => {
  const job = savedTwice();
  const event = { type: 'job-saved', job: job.id, at: 4000, saved: 500, files: [] } as const;
  expect(jobAfter(job, { ...event, source: 'three' })).toBe(job);
  const back = jobAfter(job, { ...event, source: jobWith([DONE, DONE]).source });
  expect(olderFrames(back)).toEqual([]);
  expect(olderNote(back, olderFrames(back))).toBeNull();
});

it('the report says which frames are of which file, and how that is decided', () => {
  expect(olderSection(result([jobWith([DONE, DONE])]))).toBeNull();
  const text = olderSection(result([savedTwice()])) ?? '';
  expect(text).toMatch(/frames 1, 2: of hero\.blend before it was saved .*not decided/);
  expect(text).toContain('--saved again');
  const kept = jobAfter(savedTwice(), { type: 'older-kept', job: savedTwice().id, at: 5000 });
  expect(olderSection(result([kept]))).toMatch(/\(kept\)/);
  expect(olderSection(result([kept]))).not.toContain('--saved again');
});

function result(jobs: readonly BatchJob[]): BatchResult {
  return { jobs, run: { folder: '/shots' } } as unknown as BatchResult;
}
