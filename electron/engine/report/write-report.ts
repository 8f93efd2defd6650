import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import { writeQuickly } from '../lib/atomic-file.ts';
import { writeCharts } from './chart-files.ts';
import { makeContactSheet, type PictureOf } from './contact-sheet.ts';
import { generateBatchReport } from './generate-report.ts';
import { pictureFolder } from './report-files.ts';
import { PICTURES, reportPage } from './report-page.ts';

export interface ReportOptions {
  readonly pictureOf: PictureOf;
  /** What the workers were at; `null`: not known, and not drawn. */
  readonly workers: WorkerUse | null;
  /** Asked before the pictures of each shot; what is left out then is said. */
  readonly mayGoOn?: () => boolean;
}

/**
 * Writes a report as Markdown, and a folder of pictures beside it, or, where the file ends in `.html`, as one page that
 * holds its pictures, whole or not at all; what is no file, such as a pipe, gets the text alone. Pictures of an older report
 * there are replaced. Throws what the disk says.
 */
export async function writeReport(
  file: string,
  result: BatchResult,
  options: ReportOptions,
): Promise<void> {
  const { pictureOf, workers, mayGoOn = () => true } = options;
  const found = await stat(file).catch(() => null);
  if (found && !found.isFile()) {
    return writeFile(file, generateBatchReport(result, null, workers));
  }
  if (!found) await tryPlace(file);
  if (/^\.html?$/i.test(extname(file))) return writePage(file, result, options);
  const path = pictureFolder(file);
  const sheet = await makeContactSheet(result.jobs, path, pictureOf, mayGoOn);
  const charts = await writeCharts(result.jobs, workers, path);
  const folder = basename(path);
  // Last, so that it never tells of pictures that are not there.
  await writeFile(file, generateBatchReport(result, { folder, sheet, charts }, workers));
}

async function writePage(
  file: string,
  result: BatchResult,
  { pictureOf, workers, mayGoOn = () => true }: ReportOptions,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-report-'));
  try {
    const path = join(folder, PICTURES);
    const sheet = await makeContactSheet(result.jobs, path, pictureOf, mayGoOn);
    const charts = await writeCharts(result.jobs, workers, path);
    const markdown = generateBatchReport(result, { folder: PICTURES, sheet, charts }, workers);
    await writeQuickly(file, await reportPage(markdown, path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where no file can be written, that is said before the pictures are made, and of the report, which the artist has asked for. */
async function tryPlace(file: string): Promise<void> {
  await writeFile(file, '');
  await rm(file);
}
