import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import { writeQuickly } from '../lib/atomic-file.ts';
import { writeCharts } from './chart-files.ts';
import { makeContactSheet, type PictureOf } from './contact-sheet.ts';
import { generateBatchReport } from './generate-report.ts';
import { PICTURES, reportPage } from './report-page.ts';

export interface ReportOptions {
  readonly pictureOf: PictureOf;
  /** `null`: not known, and not drawn. */
  readonly workers: WorkerUse | null;
  /** Asked before the pictures of each shot; the report names how many it skipped. */
  readonly mayGoOn?: () => boolean;
}

/**
 * Writes a report as Markdown with a folder of pictures beside it (`night.md`, `night-pictures`), or as one page with
 * its pictures inside if the file ends in `.html`; a pipe gets the text alone. Replaces the pictures of an older
 * report. Throws what the disk says.
 */
export async function writeReport(
  file: string,
  result: BatchResult,
  options: ReportOptions,
): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found && !found.isFile()) {
    return writeFile(file, generateBatchReport(result, null, options.workers));
  }
  // Fails on the report that the artist asked for, before the pictures are made.
  if (!found) await writeFile(file, '').then(() => rm(file));
  if (/^\.html?$/i.test(extname(file))) return writePage(file, result, options);
  const pictures = join(dirname(file), `${basename(file, extname(file))}-pictures`);
  // The text comes last, so that it never names pictures that are not there.
  await writeFile(file, await withPictures(pictures, result, options));
}

async function writePage(file: string, result: BatchResult, options: ReportOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-report-'));
  try {
    const pictures = join(folder, PICTURES);
    const markdown = await withPictures(pictures, result, options);
    await writeQuickly(file, await reportPage(markdown, pictures));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the pictures of a report into a folder and returns the text that links to them. */
async function withPictures(
  path: string,
  result: BatchResult,
  { pictureOf, workers, mayGoOn = () => true }: ReportOptions,
): Promise<string> {
  const sheet = await makeContactSheet(result.jobs, path, pictureOf, mayGoOn);
  const charts = await writeCharts(result.jobs, workers, path);
  return generateBatchReport(result, { folder: basename(path), sheet, charts }, workers);
}
