import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { flawed, type ShotError } from './shot-error.ts';
import type { Place, SourceFile } from './tree.ts';

/** A shot is some lines; a file beyond this (in bytes) is something else. */
const MAX_FILE_BYTES = 1_000_000;

/** The text of a shot file (UTF-8, with or without BOM). Throws a `ShotError`. */
export async function readText(file: SourceFile): Promise<string> {
  return decoded(await bytesOf(file), file);
}

/** Throws a `ShotError` for bytes that are not UTF-8 text. */
function decoded(bytes: Uint8Array, file: SourceFile): string {
  if (isUtf16(bytes)) {
    throw flawed(whole(file), 'This file is saved as UTF-16; save it as UTF-8.');
  }
  const text = LENIENT.decode(bytes);
  const zero = text.indexOf('\0');
  if (zero !== -1) {
    throw flawed(placeOf(text, zero, file), 'This file is not text: it holds zero bytes.');
  }
  const foreign = text.indexOf('\uFFFD');
  if (foreign === -1) return text;
  try {
    return STRICT.decode(bytes);
  } catch {
    const place = placeOf(text, foreign, file);
    throw flawed(place, 'Here the file is not UTF-8 text; save it as UTF-8.');
  }
}

const LENIENT = new TextDecoder('utf-8');
const STRICT = new TextDecoder('utf-8', { fatal: true });

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

export function whole(file: SourceFile): Place {
  return { file, line: null, column: null };
}

// These cost a third of what their counterparts in node:fs/promises do.
const stat = promisify(fs.stat);
const readFile = promisify(fs.readFile);

async function bytesOf(file: SourceFile): Promise<Uint8Array> {
  try {
    const { size, ...facts } = await stat(file.path).then((stats) => ({
      size: stats.size,
      regular: stats.isFile(),
    }));
    // Reading a pipe or a device would never end.
    if (!facts.regular) throw flawed(whole(file), 'This is not a file that can be read.');
    if (size > MAX_FILE_BYTES) {
      const megabytes = (size / 1_000_000).toFixed(1);
      throw flawed(whole(file), `This file is too big for a shot: ${megabytes} MB, at most 1 MB.`);
    }
    return await readFile(file.path);
  } catch (error) {
    throw unreadable(error, file);
  }
}

function unreadable(error: unknown, file: SourceFile): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === null) return error;
  return flawed(whole(file), `This file can't be read: ${reasonOf(code)}.`) satisfies ShotError;
}

/** A file system's error code in words. */
export function reasonOf(code: string): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'it is not there, or a link that leads nowhere',
    EACCES: 'you are not allowed to read it',
    EPERM: 'you are not allowed to read it',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is not a folder',
    ELOOP: 'it is a link that leads to itself',
    ENAMETOOLONG: 'its path is too long',
  };
  return reasons[code] ?? `the system says ${code}`;
}

function placeOf(text: string, offset: number, file: SourceFile): Place {
  const before = text.slice(0, Math.max(0, offset));
  const lineStart = before.lastIndexOf('\n') + 1;
  return { file, line: before.split('\n').length, column: before.length - lineStart + 1 };
}
