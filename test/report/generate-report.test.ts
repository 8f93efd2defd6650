import fc from 'fast-check';
import stringWidth from 'fast-string-width';
import { expect, test } from 'vitest';
import { generateBatchReport } from '../../electron/engine/report/generate-report.ts';
import { QUIET_NIGHT } from '../../shared/night.ts';
import { CRASHED, madeJob, madeResult, NIGHT, NO_CAMERA } from '../helpers/results.ts';
import { rendered, tablesOf, tagsOf, textOf } from './markdown.ts';
import { nasty } from './nasty.ts';

const BAD = madeJob({ name: 'bad', status: 'failed', error: NO_CAMERA, frames: null });

test('a good night is said in one sentence and counted in the summary', () => {
  const report = generateBatchReport(
    madeResult([madeJob({ name: 'a', frames: [1, 2], kept: 1 }), madeJob({ name: 'b' })]),
  );
  expect(report).toContain('# Nightshift report: shots\n\nBoth shots are complete: 4 frames');
  expect(summary(report)).toEqual({
    Shots: '2',
    Completed: '2',
    Failed: '0',
    Skipped: '0',
    Cancelled: '0',
    'Success rate': '100 %',
    'Wall time': '1 m 30 s',
    'Blender time': '6.0 s',
    'Frames on disk': '4 of 4',
    'Frames rendered in this run': '3',
    'Frames reused from before': '1',
    'Frames failed': '0',
    Retries: '0',
  });
  expect(report).not.toContain('## Failed');
});

test('frames from before are not counted into the time of this run', () => {
  const report = generateBatchReport(madeResult([madeJob({ frames: [1, 2], kept: 1 })]));
  expect(report).toContain('2 frames, 1 of them rendered in 1 m 30 s and 1 from before.');
});

test('a run of some shots only does not claim the others', () => {
  const waits = madeJob({ name: 'waits', status: 'waiting', frames: null });
  const report = generateBatchReport(madeResult([madeJob(), waits], 'partial'));
  expect(report.split('\n')[2]).toContain('was for some of the shots: 1 of 2 shots is complete');
});

test('Blender is not quoted for a shot that it never saw', () => {
  const error = { ...NO_CAMERA, evidence: ['shot.yaml, line 2: Two keys stand on one line.'] };
  const job = madeJob({ status: 'failed', error, frames: null });
  const unread = generateBatchReport(madeResult([{ ...job, startTime: null }], 'failed'));
  expect(unread).toContain('What is wrong in its files:');
  expect(unread).not.toContain('What Blender said');
  const opened = generateBatchReport(madeResult([{ ...job, startTime: NIGHT }], 'failed'));
  expect(opened).toContain('What Blender said:');
});

test('a batch that waits for room is not said to render', () => {
  const night = { ...QUIET_NIGHT, pausedSince: NIGHT };
  const jobs = [madeJob({ status: 'running', frames: [1], left: 3 })];
  const head = (told: object) =>
    generateBatchReport({ ...madeResult(jobs), live: true, ...told }).split('\n')[2];
  expect(head({})).toContain(
    'Still rendering: 0 of 1 shot is complete, and 1 of 4 frames on disk.',
  );
  expect(head({ night })).toContain('Paused: 0 of 1 shot is complete');
});

test('a failed shot has its cause, the next step, the log and the command that repeats it', () => {
  const report = generateBatchReport(madeResult([madeJob(), BAD], 'failed'));
  expect(report).toContain('1 of 2 shots failed.');
  expect(report).toContain('### bad');
  expect(report).toContain('**Cause:** no camera');
  expect(report).toContain('**What happened:** The scene of bad has no camera.');
  expect(report).toContain('**What to do:** Add a camera to the scene');
  expect(report).toContain('```text\nError: Cannot render, no camera\n```');
  expect(report).toContain(
    '```sh\nnpx nightshift render /film/shots -o /film/shots/renders --only bad\n```',
  );
});

test('failed frames are named, and what is on disk of the shot', () => {
  const frames = [1, null, null, null, 1, null];
  const job = madeJob({ name: 'stunt', status: 'failed', error: CRASHED, frames });
  const report = generateBatchReport(madeResult([job], 'failed'));
  expect(report).toContain('**Failed frames:** 2-4, 6\n');
  expect(report).toContain('**Frames on disk:** 2 of 6');
});

test('what the night met is told with its time, and only where there is something', () => {
  expect(generateBatchReport(madeResult([madeJob()]))).not.toMatch(
    /What the night met|Worth a look/,
  );
  const { at } = { at: NIGHT };
  const night = {
    ...QUIET_NIGHT,
    more: 2,
    incidents: [
      { kind: 'interrupted', at, until: at + 60_000 },
      {
        kind: 'pool-changed',
        at,
        workers: 1,
        of: 2,
        message: 'Memory ran out on frame 3 of hero.',
      },
    ],
  } as const;
  const retries = [{ cause: 'crashed', count: 2, openings: 0, frames: [3] }] as const;
  const warnings = [{ cause: 'missing-file', message: 'The font "a|b.ttf" is missing.' }] as const;
  const job = { ...madeJob(), retries, retryCount: 2, warnings };
  const report = generateBatchReport(madeResult([job], 'completed', { night, pausedSeconds: 30 }));
  expect(report).toContain('complete: 2 frames in 1 m 30 s. 1 shot is worth a look');
  expect(report).toContain('- **hero**: The font "a\\|b.ttf" is missing.');
  const met = report.slice(report.indexOf('## What the night met'));
  expect(met).toMatch(
    /- 2026-.*: The run broke off: a crash, a power cut or a kill\. It went on at/,
  );
  expect(met).toContain('The batch goes on with 1 of 2 workers.');
  expect(met).toContain('- and 2 more incidents.');
  expect(met).toContain('- **hero**: 2 retries, frame 3 crashed twice.');
  expect(summary(report)).toMatchObject({ 'Wall time': '2 m', 'Of this paused': '30 s' });
  expect(tablesOf(rendered(report)).flat(2)).toContain('1 warning');
});

test('frames that failed from another cause than the shot say their own', () => {
  const frames = [1, null];
  const job = madeJob({ status: 'failed', error: NO_CAMERA, frames });
  const report = generateBatchReport(madeResult([job], 'failed'));
  expect(report).toContain('**Failed frame:** 2 (Blender crashed: Blender crashed on frame 2.');
});

test('the ten slowest frames come slowest first', () => {
  const job = madeJob({ frames: [5, 3, 9, 1, 2, 4, 6, 7, 8, 10, 11, 12] });
  const [, , slowest] = tablesOf(rendered(generateBatchReport(madeResult([job]))));
  expect(slowest?.slice(1).map((row) => row[2])).toEqual(
    [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((seconds) =>
      seconds < 10 ? `${seconds}.0 s` : `${seconds} s`,
    ),
  );
});

test('a cancelled batch says what is done and that it can go on', () => {
  const cut = madeJob({ status: 'cancelled', frames: [1], left: 3 });
  const report = generateBatchReport(madeResult([madeJob(), cut], 'cancelled'));
  expect(report).toContain(
    'The batch was cancelled: 1 of 2 shots is complete, and 3 of 6 frames on disk.',
  );
  expect(report).toContain('goes on with the first frame that is missing');
});

test('a batch that stopped without an end says so and claims no end', () => {
  const cut = madeJob({ status: 'running', frames: [1], left: 3 });
  const result = madeResult([cut, madeJob({ status: 'waiting', frames: null })], 'interrupted', {
    run: { finishedAt: null },
  });
  const report = generateBatchReport(result);
  expect(report).toContain('The batch stopped before its end');
  expect(summary(report)).toMatchObject({ 'Not finished': '2', 'Success rate': '0 %' });
  expect(report).toContain('(and 1 shot never opened)');
  expect(report).toMatch(/\| Ended +\| not known/);
});

test('an empty batch says that no shot was found, without an empty table', () => {
  const report = generateBatchReport(madeResult([]));
  expect(report).toContain('There was nothing to render: no shot was found in the folder.');
  expect(report).not.toContain('## Shots');
  expect(summary(report)['Success rate']).toBe('–');
});

test('a night in which every frame was there from before says that nothing was left', () => {
  const report = generateBatchReport(madeResult([madeJob({ frames: [1, 2], kept: 2 })]));
  expect(report).toContain('The shot is complete. Nothing was left to render: all 2 frames');
});

test('problems are listed with their place', () => {
  const report = generateBatchReport(
    madeResult([], 'completed', {
      problems: [
        {
          severity: 'warning',
          file: 'a.yaml',
          line: 3,
          column: 5,
          jobId: null,
          message: 'Unknown key.',
        },
        {
          severity: 'error',
          file: 'b.blend',
          line: null,
          column: null,
          jobId: null,
          message: 'Cut off.',
        },
      ],
    }),
  );
  expect(report).toContain(
    '- **warning**, a.yaml:3:5: Unknown key.\n- **error**, b.blend: Cut off.',
  );
  expect(report).toContain('The problems below say why.');
});

test('on a cluster the report says which node rendered what, and which were left out and why', () => {
  const done = [
    { shot: 'hero', frames: 12 },
    { shot: 'a|b', frames: 4 },
  ];
  const lane = { worker: 1, atOnce: 2, busyMs: 90_000, frames: 16, failed: 1, spans: [] };
  const use = {
    ...{ runs: [{ from: NIGHT, to: NIGHT + 60_000 }], totalMs: 60_000, shots: ['hero', 'a|b'] },
    ...{ lanes: [{ ...lane, node: 'n7', done, failures: [] }], pauses: [] },
  };
  const message = 'The node n9 was left out: it does not see /film/shots.';
  const night = {
    ...QUIET_NIGHT,
    incidents: [
      { kind: 'node-left-out', at: NIGHT, node: 'n9', message },
      {
        kind: 'place-lost',
        cause: 'taken-away',
        ...{ at: NIGHT, until: NIGHT, times: 2 },
        message: 'Somebody cancelled the job on n7 in frame 3; it goes on in another place.',
      },
    ],
  } as const;
  const failed = madeJob({
    ...{ name: 'bad', status: 'failed', frames: [1, null] },
    error: { ...CRASHED, node: 'n7' },
  });
  const report = generateBatchReport(madeResult([failed], 'failed', { night }), null, use);
  const section = report.slice(report.indexOf('## Nodes'));
  const [table = []] = tablesOf(rendered(section));
  expect(table).toEqual([
    ['Node', 'Blenders', 'Frames', 'Failed tries', 'At work', 'Frames of each shot'],
    ['n7', '2', '16', '1', '75 %', 'hero 12, a|b 4'],
  ]);
  expect(section).toContain(`Left out:\n\n- ${message}`);
  expect(report).toContain('**Node:** n7');
  expect(report).toContain('it goes on in another place. That happened 2 times in a row.');
  const here = { ...use, lanes: [{ ...lane, node: null, done, failures: [] }] };
  expect(generateBatchReport(madeResult([madeJob()]), null, here)).not.toContain('## Nodes');
});

test('the same result gives the same text, and the time zone is named', () => {
  const result = madeResult([madeJob(), BAD], 'failed');
  expect(generateBatchReport(result)).toBe(
    generateBatchReport(madeResult([madeJob(), BAD], 'failed')),
  );
  expect(generateBatchReport(result)).toMatch(/\| Times are in +\| \S*UTC/);
});

test('every line of a table is as wide as the others, with wide characters too', () => {
  const report = generateBatchReport(
    madeResult([madeJob({ name: '日本' }), madeJob({ name: '🎬' }), madeJob({ name: 'hero' })]),
  );
  const rows = report.split('\n').filter((line) => line.includes('| completed |'));
  expect(new Set(rows.map((line) => stringWidth(line))).size).toBe(1);
  expect(rows).toHaveLength(3);
});

test('no name, message or log line can break a table, leave a code block or bring in HTML', () => {
  fc.assert(
    fc.property(nasty, nasty, nasty, (name, message, log) => {
      const error = { ...NO_CAMERA, message, nextStep: message, evidence: [log, name] };
      const jobs = [
        madeJob({ name, shotFile: message, status: 'failed', error, frames: [1, null] }),
      ];
      const run = { folder: `/w/${name}`, outputRoot: message, nightshift: log };
      const problems = [
        { severity: 'error', file: name, line: 1, column: 2, jobId: null, message } as const,
      ];
      const html = rendered(generateBatchReport(madeResult(jobs, 'failed', { problems, run })));
      expect(tagsOf(html).filter((tag) => !REPORT_TAGS.includes(tag))).toEqual([]);
      const tables = tablesOf(html);
      expect(tables.map((rows) => [...new Set(rows.map((row) => row.length))])).toEqual([
        [2],
        [7],
        [7],
        [2],
      ]);
      expect(html.match(/<h2>/gu)).toHaveLength(7);
      expect(textOf(html)).toContain('nightshift render');
    }),
    { numRuns: 150 },
  );
});

const REPORT_TAGS = [
  ...[
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'h1',
    'h2',
    'h3',
    'p',
    'ul',
    'ol',
    'li',
    'strong',
  ],
  ...['pre', 'code'],
];

function summary(report: string): Record<string, string> {
  const [first = []] = tablesOf(rendered(report));
  return Object.fromEntries(first.slice(1).map((row) => [row[0] ?? '', row[1] ?? '']));
}
