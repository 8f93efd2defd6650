import { expect, it } from 'vitest';
import { olderSection } from '../../electron/engine/report/night-sections.ts';
import type { BatchResult } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import { jobAfter } from '../../shared/job-state.ts';
import { type OlderNote, olderFrames, olderNote, savedText } from '../../shared/older-files.ts';
import { DONE, jobWith } from '../app/jobs.ts';

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
  [{ files: [], saved: null }, 'Its files were changed after these 24 frames were made'],
])('what is said of older frames, %o', (change, text) => {
  expect(savedText({ ...NOTE, ...change }, when)).toBe(text);
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
  const result = (jobs: readonly BatchJob[]) =>
    ({ jobs, run: { folder: '/shots' } }) as unknown as BatchResult;
  expect(olderSection(result([jobWith([DONE, DONE])]))).toBeNull();
  const text = olderSection(result([savedTwice()])) ?? '';
  expect(text).toMatch(/frames 1, 2: of hero\.blend before it was saved .*not decided/);
  expect(text).toContain('--saved again');
  const kept = jobAfter(savedTwice(), { type: 'older-kept', job: savedTwice().id, at: 5000 });
  expect(olderSection(result([kept]))).toMatch(/\(kept\)/);
  expect(olderSection(result([kept]))).not.toContain('--saved again');
});
