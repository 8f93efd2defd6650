import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { chartSvg } from '../../electron/engine/report/chart-svg.tsx';
import { MOST_STRIPS, type PictureOf } from '../../electron/engine/report/contact-sheet.ts';
import { frameTimes } from '../../electron/engine/report/frame-times.ts';
import { writeReport } from '../../electron/engine/report/write-report.ts';
import { chartsOf } from '../../shared/charts/charts.ts';
import type { WorkerUse } from '../../shared/charts/night-charts.ts';
import { CRASHED, madeJob, madeResult, NIGHT } from '../helpers/results.ts';
import { rendered, tagsOf, textOf } from './markdown.ts';
import { nasty } from './nasty.ts';

async function folderOfTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-report-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const picture = (width = 640, height = 360) =>
  sharp({ create: { width, height, channels: 3, background: '#335577' } })
    .webp()
    .toBuffer();

const always: PictureOf = () => picture();

const shots = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...madeJob({ name: `shot_${index + 1}`, frames: [1, 1, 1] }),
    id: String(index).padStart(12, '0'),
  }));

/** What a report shows, read as GitHub reads it. */
async function shownBy(file: string) {
  const html = rendered(await readFile(file, 'utf8'));
  const images = [...html.matchAll(/<img src="([^"]*)" alt="([^"]*)"/gu)];
  const all = images.map(([, src = '', alt = '']) => ({
    file: join(dirname(file), decodeURIComponent(src.replaceAll('&amp;', '&'))),
    alt,
  }));
  return {
    html,
    text: textOf(html),
    pictures: all.filter((one) => one.file.endsWith('.jpg')),
    charts: all.filter((one) => one.file.endsWith('.svg')),
  };
}

test('a report that ends in .html is one page: its pictures inside, nothing beside it, no script, nothing fetched', async () => {
  const folder = await folderOfTest();
  const file = join(folder, 'night.html');
  const jobs = [...shots(2), madeJob({ name: '<script>alert(1)</script>', frames: [1] })];
  await writeReport(file, madeResult(jobs), { pictureOf: always, workers: null });
  expect(await readdir(folder)).toEqual(['night.html']);
  const html = await readFile(file, 'utf8');
  const pictures = [
    ...html.matchAll(/<img src="data:image\/(\w+)[^,]*;base64,([^"]+)" alt="([^"]*)"/gu),
  ];
  expect(pictures.map(([, type]) => type).filter((type) => type === 'jpeg')).toHaveLength(3);
  expect(pictures.map(([, , , alt]) => alt)).toContain('shot_1, frames 1-3');
  const { width } = await sharp(Buffer.from(pictures[0]?.[2] ?? '', 'base64')).metadata();
  expect(width).toBe(3 * 320 + 12);
  expect(tagsOf(html)).not.toContain('script');
  expect(html).not.toMatch(/(?:src|href)="(?!data:|#|mailto:|https:)/);
  expect(html).toContain("default-src 'none'");
  expect(html).toContain('<title>Nightshift report');
});

test('a report has a folder of pictures beside it, three frames of each shot side by side', async () => {
  const file = join(await folderOfTest(), 'night.md');
  await writeReport(file, madeResult(shots(2)), { pictureOf: always, workers: null });
  const { pictures, text } = await shownBy(file);
  expect(pictures.map(({ alt }) => alt)).toEqual(['shot_1, frames 1-3', 'shot_2, frames 1-3']);
  for (const { file: each } of pictures) {
    const { format, width, height } = await sharp(await readFile(each)).metadata();
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 3 * 320 + 12, height: 180 });
  }
  expect(dirname(pictures[0]?.file ?? '')).toBe(join(dirname(file), 'night-pictures'));
  expect(text).toMatch(/shot_1: 3 frames of 3, done 2026-03-0\d \d\d:\d\d\n/);
});

test('frames that can’t be read give no broken pictures, and are told', async () => {
  const folder = await folderOfTest();
  const file = join(folder, 'night.md');
  const gone: PictureOf = async ({ name }, frame) => {
    if (name === 'shot_2') return Buffer.from('no picture at all');
    if (name === 'shot_3') return null;
    return frame === 2 ? null : picture();
  };
  await writeReport(file, madeResult(shots(3)), { pictureOf: gone, workers: null });
  const { pictures, text } = await shownBy(file);
  expect(pictures.map(({ alt }) => alt)).toEqual(['shot_1, frames 1, 3']);
  expect(await readdir(join(folder, 'night-pictures'))).toEqual([
    '001-shot_1.jpg',
    'frame-times.svg',
  ]);
  expect(text).toContain("no picture of frame 2: the file is gone, changed or can't be read");
  expect(text).toContain('shot_2: 3 frames of 3, done');
  expect(text.match(/no picture of frames 1-3: the files are/gu)).toHaveLength(2);
});

test('failed shots come first, in words and in pictures', async () => {
  const file = join(await folderOfTest(), 'night.md');
  const [good, bad] = shots(2) as [ReturnType<typeof madeJob>, ReturnType<typeof madeJob>];
  const failed = {
    ...madeJob({ name: 'bad', status: 'failed', error: CRASHED, frames: [1, null] }),
    id: bad.id,
  };
  await writeReport(file, madeResult([good, failed], 'failed'), {
    pictureOf: always,
    workers: null,
  });
  const { pictures } = await shownBy(file);
  expect(pictures.map(({ alt }) => alt)).toEqual(['bad, frame 1', 'shot_1, frames 1-3']);
  const source = await readFile(file, 'utf8');
  const order = ['Failed shots', 'Shots', 'Contact sheet', 'What to do next'];
  const places = order.map((heading) => source.indexOf(`## ${heading}\n`));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
});

test('a page holds two hundred pictures, and says how many shots have none', async () => {
  const file = join(await folderOfTest(), 'night.md');
  const small = await picture(16, 9);
  await writeReport(file, madeResult(shots(MOST_STRIPS + 34)), {
    pictureOf: async () => small,
    workers: null,
  });
  const { pictures, text } = await shownBy(file);
  expect(pictures).toHaveLength(MOST_STRIPS);
  expect(text).toContain('And 34 more shots without a picture here');
});

test('what there was no time for is left out and said', async () => {
  const file = join(await folderOfTest(), 'night.md');
  let asked = 0;
  const mayGoOn = () => {
    asked += 1;
    return asked <= 2;
  };
  await writeReport(file, madeResult(shots(5)), { pictureOf: always, workers: null, mayGoOn });
  const { pictures, text } = await shownBy(file);
  expect(pictures).toHaveLength(2);
  expect(text).toContain('And 3 more shots without a picture here');
});

test('names of any kind make files of plain names, and links that lead to them', async () => {
  const folder = await folderOfTest();
  const file = join(folder, 'a (night) of 100 % & [more] ü.md');
  const names = ['日本 / 東京', '../../etc/passwd', 'a b|c', '(x)', ''];
  const jobs = shots(names.length).map((job, index) => ({ ...job, name: names[index] ?? '' }));
  await writeReport(file, madeResult(jobs), { pictureOf: always, workers: null });
  const { pictures } = await shownBy(file);
  expect(pictures).toHaveLength(names.length);
  for (const { file: each } of pictures) expect((await readFile(each)).length).toBeGreaterThan(100);
  expect((await readdir(folder)).sort()).toEqual([
    'a (night) of 100 % & [more] ü-pictures',
    'a (night) of 100 % & [more] ü.md',
  ]);
});

test('a batch without a frame gets its report and no empty folder', async () => {
  const folder = await folderOfTest();
  const file = join(folder, 'night.md');
  await writeReport(
    file,
    madeResult([madeJob({ status: 'waiting', frames: null })], 'interrupted'),
    {
      pictureOf: always,
      workers: null,
    },
  );
  expect(await readdir(folder)).toEqual(['night.md']);
  expect((await shownBy(file)).html).not.toContain('Contact sheet');
});

test('a report that can’t be written says so of the report and leaves no pictures', async () => {
  const folder = await folderOfTest();
  const nowhere = join(folder, 'gone', 'night.md');
  const asked: number[] = [];
  const pictureOf: PictureOf = async (_job, frame) => {
    asked.push(frame);
    return picture();
  };
  await expect(
    writeReport(nowhere, madeResult(shots(1)), { pictureOf, workers: null }),
  ).rejects.toMatchObject({
    code: 'ENOENT',
    path: nowhere,
  });
  expect(asked).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('a page lies there only when it is whole', async () => {
  const folder = await folderOfTest();
  const file = join(folder, 'night.html');
  const there: string[] = [];
  const pictureOf: PictureOf = async () => {
    there.push(...(await readdir(folder)));
    return picture();
  };
  await writeReport(file, madeResult(shots(1)), { pictureOf, workers: null });
  expect(there).toEqual([]);
  expect(await readdir(folder)).toEqual(['night.html']);
});

test('an older report and its pictures are replaced', async () => {
  const folder = await folderOfTest();
  const file = join(folder, 'night.md');
  await writeReport(file, madeResult(shots(1)), {
    pictureOf: () => picture(64, 36),
    workers: null,
  });
  await writeFile(file, 'old');
  await writeReport(file, madeResult(shots(1)), { pictureOf: () => picture(), workers: null });
  const [first] = (await shownBy(file)).pictures;
  expect((await sharp(await readFile(first?.file ?? '')).metadata()).height).toBe(180);
});

test('charts stand beside the report too, each with its words under it', async () => {
  const file = join(await folderOfTest(), 'night.md');
  const workers = workerUse();
  await writeReport(file, madeResult(shots(2)), { pictureOf: always, workers });
  const { charts, text } = await shownBy(file);
  expect(charts.map(({ alt }) => alt)).toEqual(['The night, worker by worker', 'Seconds a frame']);
  for (const chart of charts) {
    const svg = await readFile(chart.file);
    expect(svg.toString()).toContain(`<title>${chart.alt}</title>`);
    const { data, info } = await sharp(svg).raw().toBuffer({ resolveWithObject: true });
    // Something is drawn: not one colour all over.
    expect(new Set(data).size).toBeGreaterThan(20);
    expect(info.width).toBe(940);
  }
  expect(text).toContain('Worker 1 was at work for 50 % of that time: 3 frames.');
  expect(text).toContain('shot_1: 3 frames, 1.0 s on average, slowest 1.0 s (frame 1)');
});

test('no name can break a chart', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, async (name) => {
      const times = frameTimes([madeJob({ name, frames: [1, 2] })]);
      for (const chart of chartsOf({ ...workerUse(), shots: [name] }, times)) {
        const svg = chartSvg(chart);
        expect(tagsOf(svg).filter((tag) => !SVG_TAGS.includes(tag))).toEqual([]);
        // The reader of SVG in sharp refuses what is no XML.
        expect((await sharp(Buffer.from(svg)).metadata()).width).toBe(940);
      }
    }),
    { numRuns: 100 },
  );
});

const SVG_TAGS = ['g', 'line', 'path', 'rect', 'style', 'svg', 'text', 'title'];

function workerUse(): WorkerUse {
  const span = { from: 0, to: 30_000, shot: 0, share: 1 };
  const lane = {
    ...{ worker: 1, node: null, atOnce: 1, done: [{ shot: 'shot_1', frames: 3 }] },
    ...{ busyMs: 30_000, frames: 3, failed: 0, spans: [span], failures: [] },
  };
  const runs = [{ from: NIGHT, to: NIGHT + 60_000 }];
  return { runs, totalMs: 60_000, shots: ['shot_1'], lanes: [lane], pauses: [] };
}
