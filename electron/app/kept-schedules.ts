import { join } from 'node:path';
import { z } from 'zod';
import type { Schedule } from '../../shared/schedule.ts';
import { JsonFile } from './json-file.ts';

const moment = z.number().nullable();
const schema = z.array(
  z.object({
    batchId: z.string(),
    folder: z.string(),
    outputRoot: z.string(),
    startAt: moment,
    until: moment,
  }),
);

/** A plan as it outlives a restart: with its folder, since nothing else knows a batch that was never rendered. */
export interface KeptSchedule extends Schedule {
  readonly folder: string;
  readonly outputRoot: string;
}

type Place = Pick<KeptSchedule, 'folder' | 'outputRoot'>;

/** The plans on disk, so that a night is not forgotten when Nightshift is closed and opened again. */
export class KeptSchedules {
  readonly #file: JsonFile<KeptSchedule[]>;

  /** @param placeOf where an open batch is; `null`: it is not open */
  constructor(
    data: string,
    private readonly placeOf: (batchId: string) => Place | null,
  ) {
    this.#file = new JsonFile(join(data, 'schedules.json'), schema, []);
  }

  read(): Promise<readonly KeptSchedule[]> {
    return this.#file.read();
  }

  /** Keeps these and no others. Resolves when they are on disk. */
  keep(all: readonly Schedule[]): Promise<void> {
    return this.#file.write(
      all.flatMap((schedule) => {
        const place = this.placeOf(schedule.batchId);
        return place ? [{ ...schedule, ...place }] : [];
      }),
    );
  }

  /** Resolves when nothing is being written. */
  settled(): Promise<void> {
    return this.#file.settled();
  }
}
