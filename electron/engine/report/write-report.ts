import { stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import { writeCharts } from './chart-files.ts';
import { makeContactSheet, type PictureOf } from './contact-sheet.ts';
import { generateBatchReport } from './generate-report.ts';
import { pictureFolder } from './report-files.ts';

export interface ReportOptions {
  readonly pictureOf: PictureOf;
  /** What the workers were at; `null`: not known, and not drawn. */
  readonly workers: WorkerUse | null;
  /** Asked before the pictures of each shot; what is left out then is said. */
  readonly mayGoOn?: () => boolean;
}

/**
 * Writes a report as Markdown, and a folder of pictures beside it; what is no file, such as a pipe, gets the text
 * alone. Pictures of an older report there are replaced. Throws what the disk says.
 */
export async function writeReport(
  file: string,
  result: BatchResult,
  { pictureOf, workers, mayGoOn = () => true }: ReportOptions,
): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found && !found.isFile()) {
    return writeFile(file, generateBatchReport(result, null, workers));
  }
  const path = pictureFolder(file);
  // Where its folder is gone, that is said of the report, which the artist has asked for.
  await stat(dirname(file)).catch(() => writeFile(file, ''));
  const sheet = await makeContactSheet(result.jobs, path, pictureOf, mayGoOn);
  const charts = await writeCharts(result.jobs, workers, path);
  const folder = basename(path);
  // Last, so that it never tells of pictures that are not there.
  await writeFile(file, generateBatchReport(result, { folder, sheet, charts }, workers));
}
