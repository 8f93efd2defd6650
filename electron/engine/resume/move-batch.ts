import { constants, createReadStream } from 'node:fs';
import { cp, lstat, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { z } from 'zod';
import { batchIdOf } from '../folder/names.ts';
import { holds } from '../folder/output-place.ts';
import { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import { batchesDirectory, checkpointDirectory } from '../journal/data-directory.ts';
import { isSealed, sealed, unsealed } from '../journal/journal-format.ts';
import { BatchInUse, isHeld } from '../journal/lock.ts';
import { jsonAs } from '../lib/atomic-file.ts';
import { flushDirectory, flushFile, renameFile } from '../lib/publish.ts';
import { NIGHTS } from '../report/kept-nights.ts';

/** Where a batch is: its shot folder, and the folder below which its frames lie. Absolute. */
export interface MovedPlace {
  readonly folder: string;
  readonly outputRoot: string;
}

/**
 * Where the frames of a batch are when its shot folder is somewhere else now: with it, if they were in it, else where
 * they were. Pure.
 */
export function placeAfter(before: MovedPlace, folder: string): MovedPlace {
  const moved = moveOf(before.folder, folder);
  const went = holds(before.folder, before.outputRoot);
  return { folder, outputRoot: went ? moved(before.outputRoot) : before.outputRoot };
}

/**
 * Gives a batch that is somewhere else now its checkpoint there: paths in its journal are written anew, so that it goes
 * on as if it had always been there. No frame is touched. Resolves with its new id.
 * Throws `BatchInUse`, what the disk says, and a sentence where the other place has a batch with frames of its own.
 */
export async function moveBatch(data: string, batchId: string, to: MovedPlace): Promise<string> {
  const from = checkpointDirectory(data, batchId);
  await refuseHeld(from);
  const { run } = await new BatchCheckpoint(from).load();
  if (!run)
    throw new Error('Nothing of this batch was rendered yet: open its folder where it is now.');
  const id = batchIdOf(to.folder, to.outputRoot, run.files);
  const target = checkpointDirectory(data, id);
  if (id !== batchId) await clearFor(target, to.folder);
  const newPaths = [moveOf(run.outputRoot, to.outputRoot), moveOf(run.folder, to.folder)];
  const renamed = (text: string) => {
    if (text === run.batchId) return id;
    const moved = newPaths.map((move) => move(text)).find((path) => path !== text);
    return moved ?? text;
  };
  const journal = join(from, 'journal.moved');
  await rewritten(join(from, 'journal.jsonl'), journal, renamed);
  if (id !== batchId) {
    await mkdir(batchesDirectory(data), { recursive: true });
    await rename(from, target);
  }
  // Where it ends before this, the batch is found under its new name with its old places, and can be moved again.
  await rename(join(target, 'journal.moved'), join(target, 'journal.jsonl'));
  await flushDirectory(target);
  return id;
}

/**
 * Puts the frames of a batch below another folder, and goes on with them there; what lies elsewhere by its shot's own
 * word stays. Where it breaks off, the same call goes on. Resolves with the new id.
 * Throws as `moveBatch`, and a sentence where a shot has frames in both places.
 */
export async function moveFrames(
  data: string,
  batchId: string,
  outputRoot: string,
): Promise<string> {
  const directory = checkpointDirectory(data, batchId);
  await refuseHeld(directory);
  const { run, jobs } = await new BatchCheckpoint(directory).load();
  if (!run) throw new Error('Nothing of this batch was rendered yet: there is nothing to move.');
  const move = moveOf(run.outputRoot, outputRoot);
  const folders = [...new Set([...jobs.values()].map(({ outputPath }) => outputPath))];
  const moving = folders.map((from) => [from, move(from)] as const).filter(([a, b]) => a !== b);
  for (const [from, to] of moving) await endMove(from, to);
  for (const [from, to] of moving) {
    if ((await isThere(from)) && (await isThere(to))) {
      throw new Error(
        `“${to}” is there already. Move what is in it away, or let the frames stay where they are.`,
      );
    }
  }
  for (const [from, to] of moving) if (await isThere(from)) await movedFolder(from, to);
  // Only where nothing is left in it.
  await rmdir(run.outputRoot).catch(() => undefined);
  return moveBatch(data, batchId, { folder: run.folder, outputRoot });
}

/**
 * Begins a batch anew whose frames are to go somewhere else: the frames that are there stay, and are forgotten; the
 * records of its nights go along. Throws as `moveBatch`.
 */
export async function leaveFrames(data: string, batchId: string, to: MovedPlace): Promise<void> {
  const from = checkpointDirectory(data, batchId);
  await refuseHeld(from);
  const target = checkpointDirectory(data, batchIdOf(to.folder, to.outputRoot));
  await mkdir(target, { recursive: true });
  const nights = join(from, NIGHTS);
  const hasOwn = await isThere(join(target, NIGHTS));
  if ((await isThere(nights)) && !hasOwn) await rename(nights, join(target, NIGHTS));
  await new BatchCheckpoint(from).clear();
}

/** Nothing is moved under somebody who renders it. */
async function refuseHeld(directory: string): Promise<void> {
  const answer = await isHeld(directory);
  if (answer.held) throw new BatchInUse(answer.holder);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/**
 * A rename; to another disk a copy that is whole and synced before the old one goes. Each step is one rename, so that
 * `endMove` goes on from any moment in which this broke off.
 */
async function movedFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await renameFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const part = copyOf(to);
    await rm(part, { recursive: true, force: true });
    await cp(from, part, {
      ...{ recursive: true, preserveTimestamps: true, verbatimSymlinks: true },
      mode: constants.COPYFILE_FICLONE,
    });
    await flushTree(part);
    await renameFile(from, leftOf(from));
    await endMove(from, to);
  }
}

/** The copy on the other disk, until it is whole and the old one has given its name away. */
const copyOf = (to: string) => `${to}.moving`;
/** The old one, which counts no more: its copy is whole. */
const leftOf = (from: string) => `${from}.moved`;

/**
 * Ends a move to another disk whose copy is whole. One that was on its way to another place than this has its old name back:
 * what was copied there is nobody's by now.
 */
async function endMove(from: string, to: string): Promise<void> {
  const left = leftOf(from);
  if ((await isThere(from)) || !(await isThere(left))) return;
  if (!(await isThere(to)) && (await isThere(copyOf(to)))) {
    await renameFile(copyOf(to), to);
    await flushDirectory(dirname(to));
  }
  if (await holdsAll(to, left)) await rm(left, { recursive: true });
  else await renameFile(left, from);
}

/** Whether each file of a folder is in another one, too, as large as there. */
async function holdsAll(folder: string, other: string): Promise<boolean> {
  for (const entry of await readdir(other, { withFileTypes: true })) {
    const [own, there] = [join(folder, entry.name), join(other, entry.name)];
    const found = await lstat(own).catch(() => null);
    if (found === null || found.isDirectory() !== entry.isDirectory()) return false;
    const isSame = entry.isDirectory()
      ? await holdsAll(own, there)
      : found.size === (await lstat(there)).size;
    if (!isSame) return false;
  }
  return true;
}

/** Brings all files of a folder onto the disk, and their names. */
async function flushTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await flushTree(path);
    else if (entry.isFile()) await flushFile(path);
  }
  await flushDirectory(folder);
}

/** Makes room for a checkpoint. */
async function clearFor(target: string, folder: string): Promise<void> {
  if (!(await stat(target).catch(() => null))) return;
  const there = new BatchCheckpoint(target);
  const { jobs } = await there.load();
  if ([...jobs.values()].some(({ counts }) => counts.done > 0)) {
    throw new Error(
      `The folder “${folder}” has a batch with frames of its own already. Remove that from the history, or choose another folder.`,
    );
  }
  await there.clear();
}

/** A path that is a folder, or lies in it, where that folder is another one; any other text as it is. */
function moveOf(before: string, now: string): (text: string) => string {
  const isIn = (text: string) =>
    text.startsWith(before) && /^[/\\]/.test(text.slice(before.length));
  return (text) => (text === before || isIn(text) ? now + text.slice(before.length) : text);
}

/** Writes a journal with other texts in it, synced. Lines that are none of ours stay as they are. */
async function rewritten(
  file: string,
  to: string,
  renamed: (text: string) => string,
): Promise<void> {
  await rm(to, { force: true });
  const handle = await open(to, 'w');
  try {
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: 0 });
    let waiting: string[] = [];
    for await (const line of lines) {
      waiting.push(`${lineWith(line, renamed)}\n`);
      if (waiting.length < LINES_AT_ONCE) continue;
      await handle.write(waiting.join(''));
      waiting = [];
    }
    await handle.write(waiting.join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const LINES_AT_ONCE = 1000;

function lineWith(line: string, renamed: (text: string) => string): string {
  const isOurs = hasSeal(line);
  if (isOurs === null) return line;
  const value = jsonAs(z.json(), isOurs ? unsealed(line) : line);
  if (value === null || typeof value !== 'object') return line;
  const now = mapped(value, renamed) as object;
  return isOurs ? sealed(now) : JSON.stringify(now);
}

/** `null`: it was changed after it was written. */
function hasSeal(line: string): boolean | null {
  try {
    return isSealed(Buffer.from(line));
  } catch {
    return null;
  }
}

function mapped(value: unknown, renamed: (text: string) => string): unknown {
  if (typeof value === 'string') return renamed(value);
  if (Array.isArray(value)) return value.map((part) => mapped(part, renamed));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, mapped(part, renamed)]),
  );
}
