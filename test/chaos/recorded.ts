import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { stagedPath } from '../../electron/engine/proof/staging.ts';
import { parseFrames } from '../../shared/frames.ts';

/** A frame that the journal says is done. */
export interface Recorded {
  /** Where it belongs, and where it waits for its name, both below the output folder. */
  readonly frame: string;
  readonly staged: string;
  readonly sha256: string;
}

const line = z.looseObject({
  type: z.string(),
  job: z.string().optional(),
  name: z.string().optional(),
  source: z.string().optional(),
  frame: z.int().optional(),
  frames: z.string().nullish(),
  plan: z
    .object({ frames: z.array(z.int()), pattern: z.string(), extension: z.string() })
    .optional(),
  record: z.object({ file: z.string(), sha256: z.string() }).optional(),
});

const UNNAMED = { pattern: '', extension: '' };

interface Job {
  readonly name: string;
  /** Of its files as they are now. */
  source: string;
  planned: ReadonlySet<number>;
  names: { readonly pattern: string; readonly extension: string };
  /** With the source that each is of. */
  readonly done: Map<number, Recorded & { readonly source: string }>;
}

/**
 * The frames that a journal records as done, of shots as they are now. On purpose not Nightshift's
 * own reader: that one is under test.
 * @param sources the source of each shot as it is now
 * @param altered lines that we have damaged: nobody may believe them
 */
export function recordedFrames(
  text: string,
  sources: ReadonlyMap<string, string>,
  altered: ReadonlySet<string>,
): ReadonlyMap<string, Recorded> {
  const jobs = new Map<string, Job>();
  for (const row of text.split('\n')) {
    if (!altered.has(row)) play(jobs, row);
  }
  const recorded = [...jobs.values()].flatMap(({ name, done }) =>
    [...done.values()].filter(({ source }) => sources.get(name) === source),
  );
  return new Map(recorded.map((one) => [one.frame, one]));
}

/** The source of each shot as a journal has it. */
export function sourcesIn(text: string): ReadonlyMap<string, string> {
  const jobs = new Map<string, Job>();
  for (const row of text.split('\n')) play(jobs, row);
  return new Map([...jobs.values()].map(({ name, source }) => [name, source]));
}

/** Whether the recorded picture lies where it belongs, or waits for its name. */
export async function isIntact(out: string, { frame, staged, sha256 }: Recorded): Promise<boolean> {
  for (const place of [frame, staged]) {
    const bytes = await readFile(join(out, place)).catch(() => null);
    if (bytes && createHash('sha256').update(bytes).digest('hex').startsWith(sha256)) return true;
  }
  return false;
}

function play(jobs: Map<string, Job>, row: string): void {
  const event = parsed(row);
  if (!event?.job) return;
  if (event.type === 'job-added' && event.name && event.source) {
    const { name, source } = event;
    jobs.set(event.job, { name, source, planned: new Set(), names: UNNAMED, done: new Map() });
    return;
  }
  const job = jobs.get(event.job);
  if (job && event.type === 'job-planned') {
    job.names = event.plan ?? UNNAMED;
    replan(job, event.plan?.frames ?? []);
  }
  // What is done stays, and is of the files before.
  if (job && event.type === 'job-saved' && event.source) job.source = event.source;
  if (job && event.type === 'frames-again') forget(job, event.frames ?? null);
  if (job && event.frame !== undefined) playFrame(job, event.job, event.frame, event);
}

/** @param frames such as `1-4`; `null`: all */
function forget(job: Job, frames: string | null): void {
  const parsed = frames === null ? null : parseFrames(frames);
  const numbers = parsed?.ok ? parsed.frames : [...job.done.keys()];
  for (const frame of numbers) job.done.delete(frame);
}

function replan(job: Job, frames: readonly number[]): void {
  job.planned = new Set(frames);
  for (const frame of job.done.keys()) if (!job.planned.has(frame)) job.done.delete(frame);
}

function playFrame(job: Job, id: string, frame: number, event: z.infer<typeof line>): void {
  const { type, record } = event;
  if (type === 'frame-done' || type === 'frame-kept') {
    if (!record || !job.planned.has(frame)) return;
    const staged = stagedPath({ directory: job.name, ...job.names }, id, frame);
    const { source } = job;
    const picture = { frame: `${job.name}/${record.file}`, staged, sha256: record.sha256 };
    job.done.set(frame, { ...picture, source });
  } else if (['frame-lost', 'frame-failed', 'frame-started'].includes(type)) {
    job.done.delete(frame);
  }
}

function parsed(row: string): z.infer<typeof line> | null {
  try {
    return line.parse(JSON.parse(row));
  } catch {
    return null;
  }
}
