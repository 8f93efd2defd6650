import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What real Slurm said and did in one case, recorded by `record.mjs`. */
export interface Answer {
  /** Such as `slurm-wlm 24.11.5`. */
  readonly slurm: string;
  /** What was done. */
  readonly what: string;
  readonly command: readonly string[];
  /** Seconds from what was done until srun ended; `null`: it did not within 30 s. */
  readonly seconds: number | null;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Our jobs right after that, and some seconds later, by `squeue -o '%i|%j|%T|%r|%N|%e'`. */
  readonly squeue: readonly string[];
  readonly squeueLater: readonly string[];
  /** `scontrol show job ID -o`, some seconds later. */
  readonly scontrol: readonly string[];
  /** What was seen on the way, by its moment. */
  readonly meanwhile: Readonly<Record<string, readonly string[]>>;
}

/** The recorded answer of this name. */
export function answer(name: string): Answer {
  return JSON.parse(readFileSync(fileOf(name), 'utf8'));
}

export function writeAnswer(name: string, said: Answer): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify(said, null, 2)}\n`);
}

const FOLDER = join(import.meta.dirname, 'answers');

function fileOf(name: string): string {
  return join(FOLDER, `${name}.json`);
}
