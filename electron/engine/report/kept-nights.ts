import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import {
  type KeptNight,
  NIGHT_ID,
  type NightRecord,
  nightRecordSchema,
} from '../../../shared/night-record.ts';
import { safeName } from '../folder/names.ts';
import { readJson, writeAtomically } from '../lib/atomic-file.ts';
import { generateBatchReport } from './generate-report.ts';

// What is left of each night of a batch in the folder of its checkpoint, one folder a night: the frames may be
// rendered over in the next one, and the shot folder may be moved away.

/** In the folder of a checkpoint. */
export const NIGHTS = 'nights';
const RECORD = 'night.json';
/** As text, and as one page with its pictures, where somebody has made that. */
const REPORT = 'report.md';
const PAGE = 'report.html';
const LOGS = 'logs';
/** The oldest go. */
const MOST_NIGHTS = 100;
/** Bytes of all logs of one night together; the shortest are kept. */
const MOST_LOGS = 5 * 2 ** 20;

/**
 * Keeps the numbers, the report and the logs of a run that has ended or broken off; of one that rendered nothing and
 * failed at nothing, nothing. Kept once: a second call changes nothing. Throws what the disk says.
 * @param directory of the checkpoint
 * @returns the id of the night; `null`: there was nothing to keep
 */
export async function keepNight(directory: string, result: BatchResult): Promise<string | null> {
  const record = recordOf(result);
  if (record.frames.rendered + record.frames.failed === 0 && record.shots.failed === 0) return null;
  const nights = join(directory, NIGHTS);
  const { id, isKept } = await nightId(nights, record.startedAt);
  if (isKept) return id;
  const folder = join(nights, id);
  await mkdir(folder, { recursive: true });
  await keepLogs(directory, folder, result);
  await writeFile(join(folder, REPORT), generateBatchReport(result));
  // Last: a night without it is none.
  await writeAtomically(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  await prune(nights);
  return id;
}

/** The nights of a checkpoint that are kept, newest first. Never throws: what can't be read is left out. */
export async function keptNights(directory: string): Promise<readonly KeptNight[]> {
  const nights = join(directory, NIGHTS);
  const ids = (await readdir(nights).catch(() => [])).filter((name) => NIGHT_ID.test(name));
  const read = await Promise.all(
    ids.map(async (id): Promise<KeptNight | null> => {
      const record = await readJson(join(nights, id, RECORD), nightRecordSchema);
      const logs = await readdir(join(nights, id, LOGS)).catch(() => []);
      return record && { ...record, id, hasLogs: logs.length > 0 };
    }),
  );
  const kept = read.filter((night) => night !== null);
  return kept.sort((a, b) => b.startedAt - a.startedAt);
}

/** Where the page of a night is to be written: see `writeReport`. */
export function nightPage(directory: string, id: string): string {
  return join(directory, NIGHTS, id, PAGE);
}

/** What of a night can be opened, absolute: the page, or the text of its report. Rejects where neither is there. */
export async function nightReport(directory: string, id: string): Promise<string> {
  const page = nightPage(directory, id);
  if (await stat(page).catch(() => null)) return page;
  const text = join(directory, NIGHTS, id, REPORT);
  await stat(text);
  return text;
}

/** The report of a night as Markdown. Throws what the disk says. */
export function nightText(directory: string, id: string): Promise<string> {
  return readFile(join(directory, NIGHTS, id, REPORT), 'utf8');
}

/** The folder of a night's logs, a text file a shot. */
export function nightLogs(directory: string, id: string): string {
  return join(directory, NIGHTS, id, LOGS);
}

/** When a night began, UTC, as a name that every file system takes; numbered where two began in one second. */
async function nightId(nights: string, startedAt: number) {
  const begun = new Date(startedAt).toISOString().slice(0, 19).replaceAll(':', '-');
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? begun : `${begun}-${number}`;
    const there = await readJson(join(nights, id, RECORD), nightRecordSchema);
    if (!there || there.startedAt === startedAt) return { id, isKept: there !== null };
  }
}

/** The numbers of a run. Pure. */
function recordOf(result: BatchResult): NightRecord {
  const { run, jobs, outcome, durationSeconds, totalJobs, completed, failed } = result;
  const { startedAt, finishedAt, folder, outputRoot, workers, blender, machine } = run;
  const sum = (of: keyof BatchJob['counts']) => jobs.reduce((all, job) => all + job.counts[of], 0);
  // What was done before is kept.
  const rendered = sum('done') - sum('kept');
  return {
    version: 1,
    ...{ startedAt, finishedAt, outcome, folder, outputRoot },
    seconds: durationSeconds,
    shots: { total: totalJobs, completed, failed },
    frames: { rendered, done: sum('done'), failed: sum('failed'), total: sum('total') },
    workers,
    blender: blender?.version ?? null,
    machine: `${machine.platform}, ${machine.cores} cores`,
  };
}

/** What Blender said in this night, under the names of the shots. */
async function keepLogs(directory: string, folder: string, { jobs, run }: BatchResult) {
  const names = new Map(jobs.map(({ id, name }) => [id, name]));
  const from = join(directory, LOGS);
  const files: { readonly name: string; readonly to: string; readonly bytes: number }[] = [];
  for (const name of await readdir(from).catch(() => [])) {
    const [id = '', ...rest] = name.split('.');
    const shot = names.get(id);
    const found = shot === undefined ? null : await stat(join(from, name)).catch(() => null);
    if (shot === undefined || !found || found.mtimeMs < run.startedAt) continue;
    files.push({ name, to: `${safeName(shot)}.${rest.join('.')}`, bytes: found.size });
  }
  if (files.length === 0) return;
  await mkdir(join(folder, LOGS), { recursive: true });
  let left = MOST_LOGS;
  for (const { name, to, bytes } of files.sort((a, b) => a.bytes - b.bytes)) {
    left -= bytes;
    if (left < 0) break;
    await copyFile(join(from, name), join(folder, LOGS, to), constants.COPYFILE_FICLONE);
  }
}

async function prune(nights: string): Promise<void> {
  const ids = (await readdir(nights)).filter((name) => NIGHT_ID.test(name)).sort();
  for (const id of ids.slice(0, Math.max(0, ids.length - MOST_NIGHTS))) {
    await rm(join(nights, id), { recursive: true, force: true });
  }
}
