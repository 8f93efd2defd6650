import { createHash } from 'node:crypto';
import { grouped } from '../../../shared/grouped.ts';

/** Bytes of a name, so that `<name>_####.exr` still fits into the 255 of a file system. */
const MAX_BYTES = 180;

/** Names that Windows keeps for devices, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)/i;

/** Nearly every name there is: nothing about it has to be changed. */
const PLAIN_NAME = /^[\w-]{1,100}$/;

/** A name that can be a folder's on Linux, macOS and Windows; as near to the given one as can be. */
export function safeName(name: string): string {
  if (PLAIN_NAME.test(name) && !RESERVED.test(name)) return name;
  const cleaned = name
    .normalize('NFC')
    .replaceAll(/[<>:"/\\|?*\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '_')
    .trim()
    .replace(/^\.+/, '_');
  const short = withoutEnd(shortened(cleaned, MAX_BYTES)) || 'shot';
  return RESERVED.test(short) ? `_${short}` : short;
}

export interface Named {
  readonly id: string;
  /** As given, or the file's stem. */
  readonly wanted: string;
  /** The shot file relative to the folder, with `/`. */
  readonly path: string;
}

/**
 * A name for each shot, in the same order: no two are the same, also where case doesn't count.
 * Where names meet, the relative path is put in front, then the file's own name, then its id.
 */
export function uniqueNames(shots: readonly Named[]): readonly string[] {
  const levels = shots.map(() => 0);
  const names = shots.map((shot) => nameAt(shot, 0));
  for (let crowded = crowds(names); crowded.length > 0; crowded = crowds(names)) {
    const open = crowded.filter((index) => (levels[index] ?? 0) < LAST_LEVEL);
    if (open.length === 0) break;
    for (const index of open) {
      const level = (levels[index] ?? 0) + 1;
      levels[index] = level;
      names[index] = nameAt(shots[index] as Named, level);
    }
  }
  return names;
}

const LAST_LEVEL = 3;

function nameAt({ id, wanted, path }: Named, level: number): string {
  const folders = path.split('/').slice(0, -1);
  const file = path.split('/').at(-1) ?? '';
  const stem = stemOf(path);
  if (level === 0) return safeName(wanted);
  if (level === 1) return safeName([...folders, wanted].join('_'));
  const full = [...folders, ...(wanted === stem ? [] : [stem]), wanted, extensionOf(file)].join(
    '_',
  );
  if (level === 2) return safeName(full);
  return `${shortened(safeName(full), MAX_BYTES - id.length - 1)}_${id}`;
}

/** A file's name without its extension. */
export function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.[^.]+$/, '');
}

const ASCII = /^[\x20-\x7e]*$/;

/** How file systems that ignore case compare names and paths. */
export function folded(name: string): string {
  if (ASCII.test(name)) return name.toUpperCase();
  return name.normalize('NFC').toLowerCase().toUpperCase();
}

/** 12 hex digits that stay the same wherever the folder is: from the relative path. */
export function jobIdOf(path: string): string {
  return hash(path.normalize('NFC')).slice(0, 12);
}

/** The id of a path that differs from another one only in how its letters are composed. */
export function rawJobIdOf(path: string): string {
  return hash(path).slice(0, 12);
}

/** Safe as a folder name; the same for the same folder, output, and files where it is of some only. */
export function batchIdOf(
  folder: string,
  outputRoot: string,
  files: readonly string[] = [],
): string {
  const which = [folder, outputRoot, ...files].join('\0');
  return `${batchIdStart(folder)}${hash(which).slice(0, 10)}`;
}

/** How the ids of all batches of a folder begin, and those of others of its name. */
export function batchIdStart(folder: string): string {
  const name = folder.split(/[/\\]/).filter(Boolean).at(-1) ?? '';
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return `${slug || 'batch'}-`;
}

function crowds(names: readonly string[]): readonly number[] {
  const groups = grouped(names.keys(), (index) => folded(names[index] as string));
  return [...groups.values()].filter((group) => group.length > 1).flat();
}

function extensionOf(file: string): string {
  return /\.([^.]+)$/.exec(file)?.[1] ?? '';
}

function shortened(text: string, bytes: number): string {
  let kept = '';
  let size = 0;
  for (const letter of text) {
    size += Buffer.byteLength(letter);
    if (size > bytes) break;
    kept += letter;
  }
  return kept;
}

/** Windows drops dots and spaces at the end of a name. */
function withoutEnd(text: string): string {
  return text.replace(/[. ]+$/, '');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
