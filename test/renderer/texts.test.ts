import { describe, expect, it } from 'vitest';
import { finishRange, finishText } from '../../renderer/header/Header.tsx';
import { untold } from '../../renderer/header/ProblemsBar.tsx';
import { foundLines, lineText } from '../../renderer/inspector/LogTab.tsx';
import { failedNames, failuresOf, nightText } from '../../renderer/morning/night-text.ts';
import { interruptedText, resumeChecks, resumeTitle } from '../../renderer/resume/resume-text.ts';
import { ringOf, summaryText } from '../../renderer/sidebar/BatchEntry.tsx';
import { grouped } from '../../renderer/sidebar/Sidebar.tsx';
import { offeredActs } from '../../renderer/text/acts.ts';
import { titleText } from '../../renderer/text/batch-text.ts';
import * as job from '../../renderer/text/job-text.ts';
import { runsOf } from '../../renderer/ui/FrameStrip.tsx';
import { NO_NIGHT } from '../../shared/tonight.ts';
import type { BatchSummary, JobRow, ResumeCard } from '../../shared/view.ts';
import { aRow, aView } from './rows.ts';

const NOW = new Date(2026, 10, 18, 22, 20).getTime();
const summary: BatchSummary = {
  id: 'film',
  folder: '/film',
  name: 'film',
  phase: 'running',
  framesDone: 58,
  framesTotal: 100,
  jobs: { waiting: 5, running: 0, completed: 2, failed: 0, skipped: 0, cancelled: 0 },
  lastAt: NOW,
  problem: null,
};

describe('the sidebar', () => {
  it('says how far a batch is and when it is done', () => {
    expect(summaryText(summary, 1800, NOW)).toBe('58 % · done about 22:50');
    expect(summaryText(summary, null, NOW)).toBe('58 %');
  });

  it('says when a batch was interrupted, and why another can’t be opened', () => {
    const stopped = { ...summary, phase: 'interrupted' as const };
    expect(summaryText(stopped, null, NOW)).toBe('stopped at 22:20 · 58 %');
    expect(summaryText({ ...stopped, problem: 'The folder is gone.' }, null, NOW)).toBe(
      'The folder is gone.',
    );
  });

  it('says first how many shots of a night failed', () => {
    const jobs = { ...summary.jobs, failed: 12 };
    const night = { ...summary, phase: 'failed' as const, framesDone: 23, jobs };
    expect(summaryText(night, null, NOW)).toBe('22:20 · 12 failed, 23 frames');
  });

  it('says how many shots are done where only some were to be rendered', () => {
    const some = { ...summary, phase: 'partial' as const };
    expect(summaryText(some, null, NOW)).toBe('2 of 7 done, 5 waiting');
    expect(grouped([some], NO_NIGHT).map(({ group }) => group)).toEqual(['Ready']);
  });

  it('draws a ring that tells one that failed and one that is half done from one not begun', () => {
    const jobs = { ...summary.jobs, waiting: 0, completed: 0 };
    const ring = (facts: Partial<BatchSummary>) => {
      const { share, failed } = ringOf({ ...summary, jobs, ...facts });
      return [share, failed];
    };
    const none = { framesDone: 0, framesTotal: 0 };
    expect(ring({ ...none, phase: 'unread' })).toEqual([0, 0]);
    expect(ring({ ...none, phase: 'failed', jobs: { ...jobs, failed: 5 } })).toEqual([0, 1]);
    const some = { ...jobs, completed: 3, failed: 1 };
    expect(ring({ phase: 'failed', framesDone: 90, jobs: some })).toEqual([0.75, 0.25]);
    const half = { ...jobs, completed: 2, waiting: 2 };
    expect(ring({ phase: 'partial', framesDone: 8, framesTotal: 8, jobs: half })).toEqual([0.5, 0]);
    expect(ring({ phase: 'running' })).toEqual([0.58, 0]);
  });

  it('shows what is in the queue of tonight there only', () => {
    const line = { id: 'film', folder: '/film', name: 'film', state: 'waiting' as const };
    const times = { problem: null, startsAt: null, endsAt: null };
    const ready = { ...summary, phase: 'unread' as const };
    const groups = grouped([ready, { ...ready, id: 'other' }], {
      batches: [{ ...line, ...times }],
    });
    expect(groups.map((each) => [each.group, each.batches.map((b) => b.id)])).toEqual([
      ['Tonight', []],
      ['Ready', ['other']],
    ]);
  });

  it('groups by state and puts the newest first', () => {
    const groups = grouped(
      [
        { ...summary, id: 'old', phase: 'completed', lastAt: 1 },
        { ...summary, id: 'new', phase: 'failed', lastAt: 2 },
        { ...summary, id: 'live' },
      ],
      NO_NIGHT,
    );
    expect(groups.map((each) => [each.group, each.batches.map((b) => b.id)])).toEqual([
      ['Tonight', ['live']],
      ['Earlier nights', ['new', 'old']],
    ]);
  });
});

describe('the header', () => {
  it('says when it will be done', () => {
    const progress = { ...aView().progress, remainingSeconds: 22_800 };
    expect(finishText(aView({ phase: 'running', progress }), NOW)).toEqual([
      'Done about ',
      '04:40',
      ' in 6 h 20 m',
    ]);
  });

  it('says between what the end lies, rounded outward, while it renders', () => {
    const remainingRange = { low: 18_700, high: 27_000 };
    const progress = { ...aView().progress, remainingSeconds: 22_800, remainingRange };
    expect(finishRange(aView({ phase: 'running', progress }), NOW)).toBe('03:30–05:50');
    expect(finishRange(aView({ phase: 'paused', progress }), NOW)).toBeNull();
    const soon = { ...progress, remainingRange: { low: 100, high: 140 } };
    expect(finishRange(aView({ phase: 'running', progress: soon }), NOW)).toBeNull();
  });

  it('says why it waits instead, when it is paused', () => {
    const paused = { reason: 'disk-full' as const, message: 'The disk is full.' };
    expect(finishText(aView({ phase: 'paused', paused }), NOW)?.[0]).toBe('The disk is full.');
  });

  it('offers one next act for every phase, and none where nothing can be rendered', () => {
    const last = (phase: Parameters<typeof offeredActs>[0]['phase'], waiting = 1, done = 0) => {
      const { progress } = aView();
      const jobs = { ...progress.jobs, waiting };
      const frames = { ...progress.frames, done };
      return offeredActs({ phase, trying: null, progress: { ...progress, jobs, frames } }).at(-1);
    };
    expect(last('unread')).toBe('render');
    expect(last('unread', 0)).toBeUndefined();
    expect(last('running')).toBe('pause');
    expect(last('pausing')).toBe('resume');
    expect(last('paused')).toBe('resume');
    expect(last('interrupted')).toBe('resume');
    expect(last('cancelled')).toBe('resume');
    expect(last('partial')).toBe('render');
    expect(last('completed', 0)).toBe('export');
    expect(last('failed', 0)).toBe('export');
    expect(last('failed', 1)).toBe('render');
    expect(last('completed', 0, 10)).toBe('review');
    expect(last('cancelled', 1, 10)).toBe('resume');
    expect(last('running', 1, 10)).toBe('pause');
  });

  it('says what a night needs that nobody has begun, once some frames were tried', () => {
    const remainingRange = { low: 18_700, high: 27_000 };
    const progress = { ...aView().progress, remainingSeconds: 22_800, remainingRange };
    const view = aView({ progress });
    expect(finishText(view, NOW)?.join('')).toBe(
      'Needs about 6 h 20 m; started now it is done about 04:40',
    );
    expect(finishRange(view, NOW)).toBe('5 h 12 m–7 h 30 m');
    expect(finishText(aView(), NOW)).toBeNull();
    const sidebar = { ...summary, phase: 'unread' as const };
    expect(summaryText(sidebar, 22_800, NOW)).toBe('100 frames · about 6 h 20 m');
  });

  it('says how far trying has come, and lets it be stopped', () => {
    const view = aView({ trying: { shot: 'hero', tried: 2, of: 12 } });
    expect(finishText(view, NOW)?.[0]).toBe('Trying a few small frames of hero, 3 of 12');
    expect(offeredActs(view)).toEqual(['stop-estimate', 'render']);
    expect(offeredActs(aView())).toEqual(['estimate', 'render']);
  });
});

it('shows in the taskbar how far a batch is while it renders', () => {
  const frames = { total: 10, done: 5, kept: 0, running: 1, failed: 0, waiting: 4 };
  const progress = { ...aView().progress, frames };
  expect(titleText(null)).toBe('Nightshift');
  expect(titleText(aView({ phase: 'running', progress }))).toBe('50 % · film · Nightshift');
  expect(titleText(aView({ phase: 'completed', progress }))).toBe('film · Nightshift');
});

describe('the morning', () => {
  it('says in one line that all went well', () => {
    const frames = { total: 931, done: 931, kept: 0, running: 0, failed: 0, waiting: 0 };
    const jobs = { waiting: 0, running: 0, completed: 9, failed: 0, skipped: 0, cancelled: 0 };
    const view = aView({ phase: 'completed', progress: { ...aView().progress, frames, jobs } });
    const rows = [aRow({ endTime: NOW - 60_000 })];
    expect(nightText(view, rows, NOW)).toEqual([
      'All 931 frames are ready',
      'film finished at 22:19.',
    ]);
  });

  it('says so for a single frame too', () => {
    const frames = { total: 1, done: 1, kept: 0, running: 0, failed: 0, waiting: 0 };
    const view = aView({ phase: 'completed', progress: { ...aView().progress, frames } });
    expect(nightText(view, [], NOW)[0]).toBe('The one frame is ready');
  });

  it('claims nothing for shots that failed before their frames were counted', () => {
    const headed = (done: number, failed: number) => {
      const frames = { total: done, done, kept: 0, running: 0, failed: 0, waiting: 0 };
      const jobs = { waiting: 0, running: 0, completed: 5, failed, skipped: 0, cancelled: 0 };
      const progress = { ...aView().progress, frames, jobs };
      return nightText(aView({ phase: 'failed', progress }), [], NOW)[0];
    };
    expect(headed(22, 3)).toBe('22 frames are ready, 3 shots have none');
    expect(headed(1, 1)).toBe('1 frame is ready, 1 shot has none');
    expect(headed(0, 2)).toBe('No frame was rendered');
  });

  it('says one failure once, however many shots have it', () => {
    const error = {
      cause: 'missing-file',
      message: 'Gone.',
      nextStep: 'Put it back.',
      evidence: [],
    };
    const failed = (name: string, message = 'Gone.') =>
      aRow({ name, status: 'failed', error: { ...error, message } as JobRow['error'] });
    const rows = [failed('a'), failed('b', 'Black.'), aRow(), failed('c'), failed('d')];
    const failures = failuresOf(rows);
    expect(failures.map((each) => [failedNames(each.rows), each.text])).toEqual([
      ['a, c and 1 more', 'Gone. Put it back.'],
      ['b', 'Black. Put it back.'],
    ]);
    expect(failedNames(rows.slice(0, 2))).toBe('a and b');
  });

  it('does not say among the problems of the folder what the card of a shot says', () => {
    const of = (jobId: string | null, severity: 'error' | 'warning') => ({
      ...{ severity, file: 'a.yaml', line: 1, column: 1, jobId, message: 'What?' },
    });
    const all = [of('a', 'error'), of('a', 'warning'), of('b', 'error'), of(null, 'error')];
    expect(untold(all, new Set(['a']))).toEqual(all.slice(1));
    expect(untold(all)).toEqual(all);
  });

  it('says who needs the artist', () => {
    const jobs = { waiting: 0, running: 0, completed: 6, failed: 2, skipped: 1, cancelled: 0 };
    const progress = { ...aView().progress, jobs };
    const view = aView({ phase: 'failed', progress, needYou: 2 });
    expect(nightText(view, [], NOW)).toEqual([
      '0 of 10 frames are ready',
      'film finished. Two shots need you. One was not started.',
    ]);
  });
});

describe('after a crash', () => {
  const card: ResumeCard = {
    drivenBy: null,
    stoppedAt: NOW,
    framesWhole: 214,
    framesUnfinished: 1,
    framesLeft: 476,
    stale: [{ name: '040_lamp', frames: 12 }],
    older: [],
    framesLost: 0,
    orphansStopped: 2,
    linesSetAside: 0,
    shotsUnopened: 0,
  };

  it('says what was cut short and that the rest is safe', () => {
    expect(interruptedText(card)).toBe(
      'Nightshift stopped while 1 frame was rendering. Everything finished before is safe.',
    );
  });

  it('says who renders it, where another Nightshift does, instead of an interruption', () => {
    const driven = { ...card, drivenBy: 'Nightshift on the command line (process 7, since noon)' };
    expect(resumeTitle('film', card, NOW)).toMatch(/^film was interrupted at /);
    expect(resumeTitle('film', driven, NOW)).toBe('film is being rendered already');
    expect(interruptedText(driven)).toMatch(
      /^By Nightshift on the command line \(process 7, since noon\)\. Wait until it has finished/,
    );
  });

  it('lists what was checked', () => {
    expect(resumeChecks(card)).toEqual([
      { good: true, text: 'All 214 frames checked: whole and unchanged since' },
      { good: false, text: '040_lamp has changed: its 12 frames will be rendered again' },
      { good: true, text: '2 Blenders left running from before were stopped' },
    ]);
  });
});

describe('a row', () => {
  it('says the failure before anything else', () => {
    const error = {
      cause: 'no-camera' as const,
      message: 'The scene has no camera.',
      nextStep: 'Add one.',
      evidence: [],
    };
    expect(job.jobNote(aRow({ status: 'failed', error, problems: 3 }))).toBe(error.message);
    expect(job.jobNote(aRow({ problems: 3, errors: 3 }))).toBe('3 problems');
    // What keeps it from being rendered is said before the night.
    const blocked = aRow({ problems: 2, blocked: "The key `camera:` isn't known." });
    expect(job.jobNote(blocked)).toBe('The key “camera:” isn’t known.');
    // Its name is not said twice.
    expect(job.jobNote(aRow())).toBe('.yaml');
    expect(job.jobNote(aRow({ shotFile: 'sq010/hero.blend' }))).toBe('sq010/');
    expect(job.jobNote(aRow({ name: 'sq010_hero', shotFile: 'sq010/hero.blend' }))).toBe('sq010/');
    expect(job.jobNote(aRow({ shotFile: 'shots.yaml' }))).toBe('shots.yaml');
  });

  it('leaves out the file that the row is about, so that the reason is in sight; the hint has all', () => {
    const message = 'hero.yaml, line 1, column 8: "gone.yaml" is not there.';
    const error = { cause: 'unreadable-shot' as const, message, nextStep: '', evidence: [] };
    const row = aRow({ status: 'failed', error });
    expect(job.jobNote(row)).toBe('“gone.yaml” is not there.');
    const shown = 'hero.yaml, line 1, column 8: “gone.yaml” is not there.';
    expect(job.noteHint(row)).toBe(shown);
    const mended = { ...error, nextStep: 'Put it back.' };
    expect(job.noteHint(aRow({ error: mended }))).toBe(`${shown} Put it back.`);
    const other = { ...error, message: 'base.yaml, line 2, column 1: what?' };
    expect(job.jobNote(aRow({ status: 'failed', error: other }))).toBe(other.message);
  });

  it('counts frames that are done, waiting, or were never started', () => {
    const row = aRow();
    expect(job.framesText(row)).toBe('10 waiting');
    expect(job.framesText({ ...row, status: 'failed' })).toBe('10 not started');
    expect(job.framesText({ ...row, counts: { ...row.counts, done: 4 } })).toBe('4 of 10');
    expect(job.framesText({ ...row, frames: null, counts: { ...row.counts, total: 0 } })).toBe('');
  });

  it('names engines as Blender’s menus and sizes as people do', () => {
    expect(
      ['CYCLES', 'BLENDER_EEVEE_NEXT', 'BLENDER_WORKBENCH', 'LUXCORE', null].map(job.engineName),
    ).toEqual(['Cycles', 'EEVEE', 'Workbench', 'LUXCORE', '']);
    expect(job.sizeName(1920, 1080)).toBe('1080p');
    expect(job.sizeName(1200, 1200)).toBe('1200 × 1200');
  });

  it('counts its time on only while it renders', () => {
    const row = aRow({ startTime: NOW - 5000 });
    expect(job.elapsedSeconds({ ...row, status: 'running' }, NOW)).toBe(5);
    expect(job.elapsedSeconds({ ...row, status: 'completed', endTime: NOW - 2000 }, NOW)).toBe(3);
    expect(job.elapsedSeconds(row, NOW)).toBeNull();
  });
});

it('draws equal neighbours of a frame strip as one run', () => {
  expect(runsOf('kkddr')).toEqual([
    { letter: 'k', start: 0, length: 2 },
    { letter: 'd', start: 2, length: 2 },
    { letter: 'r', start: 4, length: 1 },
  ]);
  expect(runsOf('')).toEqual([]);
});

it('finds log lines by their words and their level', () => {
  const line = (level: 'info' | 'error', text: string) => ({ at: 1, worker: 0, level, text });
  const log = [line('info', 'Fra:1 Mem:18M'), line('error', 'Cannot render, no camera')];
  expect(foundLines(log, 'NO error')).toEqual([log[1]]);
  expect(foundLines(log, ' ')).toBe(log);
});

it('says the level of a log line in words, once', () => {
  const line = { at: 1, worker: 0, level: 'error' as const };
  expect(lineText({ ...line, text: 'Error: no camera' })).toBe('Error: no camera');
  expect(lineText({ ...line, text: 'no camera' })).toBe('Error: no camera');
  expect(lineText({ ...line, level: 'info', text: 'Fra:1' })).toBe('Fra:1');
});
