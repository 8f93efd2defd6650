import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Batch, BatchResult } from '../../shared/batch.ts';
import { filesName } from '../../shared/picked-files.ts';
import { printable } from '../../shared/safe-text.ts';
import {
  SERVICES,
  stalledMinutesSchema,
  type TellingPlace,
  tellingPlaceSchema,
} from '../../shared/telling.ts';
import { titleOf } from '../../shared/test-pass.ts';
import { type BatchProcessor, WALL_CLOCK } from '../engine/index.ts';
import { framePicture } from '../pictures/make-picture.ts';
import { requestOf } from '../telling/services.ts';
import { Teller } from '../telling/teller.ts';
import { sampleWords } from '../telling/words.ts';
import { UsageError } from './exit-codes.ts';
import type { Output } from './output.ts';

const tellFileSchema = z.strictObject({
  places: z.array(tellingPlaceSchema).min(1).max(20),
  stalledMinutes: stalledMinutesSchema,
});
type TellFile = z.infer<typeof tellFileSchema>;

/**
 * Reads a file that says where to tell of a night, and that each place of it is filled in. Throws `UsageError`, in which
 * nothing of the file stands: there are secrets in it. Says so where other people of this computer can read it.
 */
export async function readTellFile(file: string, output: Pick<Output, 'note'>): Promise<TellFile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} can't be read: ${error.code}.`);
  });
  const parsed = tellFileSchema.safeParse(jsonOf(text, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.');
    throw new UsageError(`${file} is not right${where && ` at ${where}`}: ${issue?.message}.`);
  }
  for (const place of parsed.data.places) checkFilled(place, file);
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    output.note(
      `Other people of this computer can read ${file}, with what is secret in it: chmod 600.`,
    );
  }
  return parsed.data;
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON.`);
  }
}

function checkFilled(place: TellingPlace, file: string): void {
  const known = Object.keys(SERVICES[place.service].fields);
  const strange = Object.keys(place.fields).find((name) => !known.includes(name));
  if (strange !== undefined) {
    const { name } = SERVICES[place.service];
    throw new UsageError(
      `${file}: ${name} has no field “${printable(strange)}”, only ${known.join(', ')}.`,
    );
  }
  try {
    requestOf(place, { ...sampleWords('done'), picture: null });
  } catch (error) {
    if (!(error instanceof Error) || !('nextStep' in error)) throw error;
    throw new UsageError(`${file}: ${error.message} ${error.nextStep}`);
  }
}

/** Most that the end of the command waits for what is still on its way. */
const CLOSE_MS = 5000;

/** Tells elsewhere of the batches that this command renders. */
export interface BatchTelling {
  /** Returns what ends it. */
  readonly follow: (processor: BatchProcessor) => () => void;
  readonly ended: (processor: BatchProcessor, result: BatchResult) => void;
  readonly brokeOff: (processor: BatchProcessor, error: unknown) => void;
  /** Of a night of several batches: this one could not begin, or not go on. */
  readonly passedOver: (
    batch: Pick<Batch, 'id' | 'folder' | 'test' | 'files'>,
    why: string,
  ) => void;
  /** Of a night of several batches: it is over. */
  readonly nightOver: () => void;
  /** Waits a few seconds for what is on its way. */
  readonly close: () => Promise<void>;
}

export async function openTelling(file: string, output: Output): Promise<BatchTelling> {
  const { places, stalledMinutes } = await readTellFile(file, output);
  const teller = new Teller({
    places: () => places,
    stalledMinutes: () => stalledMinutes,
    pictureOf: (_batch, job, _frame, record) => framePicture(job, record),
    clock: WALL_CLOCK,
    fetch,
    onTold: ({ service }, told) => {
      if (!told.ok) output.note(`${SERVICES[service].name} could not be told: ${told.why}`);
    },
  });
  const told = (processor: BatchProcessor) => ({
    id: processor.batch.id,
    name: nameOf(processor.batch),
    progress: () => processor.getProgress(),
  });
  return {
    follow: (processor) => processor.subscribe((signal) => teller.heard(told(processor), signal)),
    ended: (processor, result) => {
      // Nothing was begun, so nothing is done.
      if (result.totalJobs > 0) teller.ended(told(processor), result);
    },
    brokeOff: (processor, error) =>
      teller.brokeOff(told(processor), error instanceof Error ? error.message : String(error)),
    passedOver: (batch, why) => teller.passedOver({ id: batch.id, name: nameOf(batch) }, why),
    nightOver: () => teller.nightOver(),
    close: () => teller.close(CLOSE_MS),
  };
}

function nameOf({ folder, test, files }: Pick<Batch, 'folder' | 'test' | 'files'>): string {
  return titleOf(printable(files ? filesName(files) : basename(folder) || folder), test);
}
