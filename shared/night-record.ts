import { z } from 'zod';
import { BATCH_OUTCOMES } from './batch.ts';

/** What is kept of one night of a batch: how it stood when the run ended, whatever becomes of its folder. */
export const nightRecordSchema = z.object({
  version: z.literal(1),
  /** ms since 1970. */
  startedAt: z.number(),
  /** Where it broke off, the last thing that is known of it; `null`: nobody knows. */
  finishedAt: z.number().nullable(),
  outcome: z.enum(BATCH_OUTCOMES),
  folder: z.string(),
  outputRoot: z.string(),
  /** Without what it was paused. */
  seconds: z.number(),
  shots: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
  /** `rendered`: in this night alone; the others are those of the whole batch. */
  frames: z.object({ rendered: z.int(), done: z.int(), failed: z.int(), total: z.int() }),
  workers: z.int(),
  /** Such as `4.3.2`; `null`: none was started. */
  blender: z.string().nullable(),
  machine: z.string(),
});

export type NightRecord = z.infer<typeof nightRecordSchema>;

/** A night in the list of a batch. */
export interface KeptNight extends NightRecord {
  /** The name of its folder, such as `2026-11-28T22-04-11`: when it began, UTC. */
  readonly id: string;
  /** Whether what Blender said is kept too. */
  readonly hasLogs: boolean;
}

export const NIGHT_ID = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(-\d{1,3})?$/;
