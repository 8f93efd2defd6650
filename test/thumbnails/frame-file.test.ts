import { describe, expect, it } from 'vitest';
import { wishOf } from '../../electron/app/desktop/app-protocol.ts';
import { NewestFrames } from '../../electron/app/sessions/rows.ts';
import { frameFileOf, Thumbnails } from '../../electron/app/thumbnails/thumbnails.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import { jobAfter } from '../../shared/job-state.ts';
import { filmUrl, pixelsUrl } from '../../shared/picture.ts';
import {
  type StandInWish,
  standInAt,
  standInUrl,
  type ThumbnailWish,
  thumbnailUrl,
} from '../../shared/thumbnail.ts';
import { FAILED, jobWith, RUNNING, record, WAITING } from '../app/jobs.ts';

const WISH: ThumbnailWish = { batchId: 'film-1', jobId: '0123456789ab', frame: 2, size: 'row' };

const doneWith = (over: Partial<FrameRecord> = {}) =>
  ({ status: 'done', tries: 1, kept: false, record: { ...record(1), ...over } }) as const;

describe('the address of a thumbnail', () => {
  it('says batch, job, frame and size, and comes back as they were', () => {
    expect(wishOf(`app://nightshift${thumbnailUrl(WISH, 7)}`)).toEqual({
      kind: 'thumbnail',
      ...WISH,
    });
    const before = { ...WISH, frame: -12, size: 'large' } as const;
    expect(wishOf(`app://nightshift${thumbnailUrl(before, 7)}`)).toEqual({
      kind: 'thumbnail',
      ...before,
    });
  });

  it('is that of a film or of values, too', () => {
    const { batchId, jobId } = WISH;
    const film = { batchId, jobId, frame: -2 };
    expect(wishOf(`app://nightshift${filmUrl(film, 7)}`)).toEqual({ kind: 'film', ...film });
    const all = {
      ...{ batchId, jobId, frame: 2, replacedAt: null, layer: '' },
      ...{ region: null, columns: 900, rows: 500 },
    };
    const region = { x: 8, y: 0, width: 100, height: 1 };
    for (const wish of [
      all,
      { ...all, replacedAt: 1_780_000_000_000 },
      { ...all, region, layer: '0/View Layer.Combined & more/RGBA' },
    ]) {
      expect(wishOf(`app://nightshift${pixelsUrl(wish, 7)}`)).toEqual({ kind: 'pixels', ...wish });
    }
  });

  it('is that of what stands for a shot, too', () => {
    const { frame: _, ...shot } = WISH;
    for (const of of ['saved', 12, -3] as const) {
      const wish: StandInWish = { ...shot, of };
      expect(wishOf(`app://nightshift${standInUrl(wish, 7)}`)).toEqual({
        kind: 'stand-in',
        ...wish,
      });
      expect(standInAt(standInUrl(wish, 7))).toEqual({ of });
    }
    expect(standInAt(thumbnailUrl(WISH, 7))).toBeNull();
  });

  it('is refused in any other form', () => {
    const strange = [
      'https://nightshift/thumbnail/film-1/0123456789ab/2?size=row',
      'app://elsewhere/thumbnail/film-1/0123456789ab/2?size=row',
      'app://nightshift/thumbnail/film-1/0123456789ab/2',
      'app://nightshift/thumbnail/film-1/0123456789ab/2?size=huge',
      'app://nightshift/thumbnail/film-1/0123456789ab/2.5?size=row',
      'app://nightshift/thumbnail/film-1/0123456789ab/2/3?size=row',
      'app://nightshift/thumbnail/film-1/0123456789abcdef/2?size=row',
      'app://nightshift/thumbnail/../0123456789ab/2?size=row',
      'app://nightshift/thumbnail/%2e%2e/0123456789ab/2?size=row',
      'app://nightshift/thumbnail/..%2f..%2fetc/0123456789ab/2?size=row',
      'app://nightshift/thumbnail/film-1/..%2f..%2fpasswd/2?size=row',
      'app://nightshift/thumbnail/film-1/0123456789ab/saved?size=row',
      'app://nightshift/pixels/film-1/0123456789ab/saved?columns=9&rows=9',
      'app://nightshift/stand-in/film-1/0123456789ab?size=row',
      'app://nightshift/stand-in/film-1/0123456789ab/passwd?size=row',
      'app://nightshift/stand-in/film-1/0123456789ab/saved',
      'app://nightshift/stand-in/../0123456789ab/saved?size=row',
      'app://nightshift/film/film-1/0123456789ab',
      'app://nightshift/film/film-1/0123456789ab/saved',
      'app://nightshift/film/../0123456789ab/1',
      'app://nightshift/pixels/film-1/0123456789ab/2?columns=0&rows=9',
      'app://nightshift/pixels/film-1/0123456789ab/2?columns=99999&rows=9',
      'app://nightshift/pixels/film-1/0123456789ab/2?columns=9&rows=9&region=1,2,3',
      'app://nightshift/pixels/film-1/0123456789ab/2?columns=9&rows=9&region=1,2,3,-4',
      'app://nightshift/pixels/film-1/0123456789ab?columns=9&rows=9',
      'app://nightshift/index.html',
      'no address',
    ];
    for (const url of strange) expect(wishOf(url), url).toBeNull();
  });
});

describe('the file of a thumbnail', () => {
  it('is that of a frame which the batch knows as done, and no other', () => {
    const states = [WAITING, doneWith({ file: 'hero_0002.png' }), RUNNING, FAILED];
    const job = jobWith(states);
    const found = [1, 2, 3, 4, 5].map(
      (frame) => frameFileOf(job, { ...WISH, frame })?.file ?? null,
    );
    expect(found.map((file) => file?.replaceAll('\\', '/') ?? null)).toEqual([
      null,
      '/shots/renders/hero/hero_0002.png',
      null,
      null,
      null,
    ]);
    expect(frameFileOf(undefined, WISH)).toBeNull();
    expect(frameFileOf({ ...job, plan: null, frames: FrameList.EMPTY }, WISH)).toBeNull();
  });

  it('never lies elsewhere, whatever somebody wrote into the journal', () => {
    const hostile = [{ file: '../../secret.png' }, { file: '/etc/passwd' }, { sha256: '../../x' }];
    for (const over of hostile) {
      expect(frameFileOf(jobWith([WAITING, doneWith(over)]), WISH)).toBeNull();
    }
  });

  it('has another key once the frame was rendered anew', () => {
    const of = (sha256: string) =>
      frameFileOf(jobWith([WAITING, doneWith({ sha256 })]), WISH)?.sha256;
    expect(of('a'.repeat(32))).not.toBe(of('b'.repeat(32)));
  });

  it('is not even looked for where no such batch is open', async () => {
    const start = () => {
      throw new Error('The maker was started for nothing.');
    };
    const nobody = { find: () => undefined };
    expect(await new Thumbnails(start, start, nobody, '/nowhere').get(WISH)).toBeNull();
  });
});

describe('the newest frame of a job', () => {
  it('is the one that was done last, not the last of the range', () => {
    const newest = new NewestFrames();
    let job = jobWith([doneWith({ at: 5 }), RUNNING, WAITING, doneWith({ at: 6 })]);
    expect(newest.of(job)).toEqual({ frame: 4, at: 6 });
    const event = {
      type: 'frame-done',
      job: job.id,
      at: 9,
      frame: 2,
      record: record(1, 9),
    } as const;
    job = jobAfter(job, event);
    newest.heard(event);
    expect(newest.of(job)).toEqual({ frame: 2, at: 9 });
  });

  it('is another one when its file is lost, and none when nothing is done', () => {
    const newest = new NewestFrames();
    newest.heard({
      type: 'frame-done',
      job: '0123456789ab',
      at: 9,
      frame: 2,
      record: record(1, 9),
    });
    expect(newest.of(jobWith([doneWith({ at: 5 }), WAITING]))).toEqual({ frame: 1, at: 5 });
    expect(newest.of(jobWith([WAITING, WAITING]))).toBeNull();
    expect(newest.of(jobWith([], { plan: null }))).toBeNull();
  });
});
