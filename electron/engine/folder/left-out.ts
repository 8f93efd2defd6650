import type { LeftOutReason } from '../../../shared/shot.ts';

/** What the artist wants of a folder's files. Files are relative to the folder, with `/`. */
export interface FolderChoices {
  /** All versions of each shot are shots, not the newest alone. */
  readonly allVersions: boolean;
  /** What lies in folders of backups, and what Blender saved by itself, are shots too. */
  readonly backups: boolean;
  /** Shots that a rule would leave out. */
  readonly takenIn: readonly string[];
  /** Left out by hand. */
  readonly leftOut: readonly string[];
}

/** Where nobody has chosen anything. */
export const NOTHING_CHOSEN: FolderChoices = {
  allVersions: false,
  backups: false,
  takenIn: [],
  leftOut: [],
};

export type ChoiceChange =
  | { readonly do: 'leave-out'; readonly files: readonly string[] }
  /** Each as what it is left out as. */
  | { readonly do: 'take-in'; readonly files: ReadonlyMap<string, LeftOutReason> }
  /** All that are left out as one of these, also those to come. */
  | { readonly do: 'take-all-in'; readonly reasons: readonly LeftOutReason[] }
  /** The newest version of each shot, no backups; what is left out by hand stays so. */
  | { readonly do: 'rules-again' };

export function choicesAfter(choices: FolderChoices, change: ChoiceChange): FolderChoices {
  const { takenIn, leftOut } = choices;
  switch (change.do) {
    case 'leave-out': {
      const files = new Set(change.files);
      return {
        ...choices,
        takenIn: takenIn.filter((file) => !files.has(file)),
        leftOut: [...new Set([...leftOut, ...files])].sort(),
      };
    }
    case 'take-in': {
      const byRule = [...change.files].flatMap(([file, why]) => (why === 'by-hand' ? [] : [file]));
      return {
        ...choices,
        takenIn: [...new Set([...takenIn, ...byRule])].sort(),
        leftOut: leftOut.filter((file) => !change.files.has(file)),
      };
    }
    case 'take-all-in': {
      const { reasons } = change;
      const takesBackups = reasons.includes('backup') || reasons.includes('autosave');
      return {
        ...choices,
        allVersions: choices.allVersions || reasons.includes('older-version'),
        backups: choices.backups || takesBackups,
        leftOut: reasons.includes('by-hand') ? [] : leftOut,
      };
    }
    case 'rules-again':
      return { ...NOTHING_CHOSEN, leftOut };
  }
}

interface Version {
  /** The path without what counts versions: the same for all versions of one shot. */
  readonly key: string;
  readonly number: readonly number[];
  /** As in `v018a`. */
  readonly letter: string;
}

/**
 * A word that counts versions, such as `_v018`, `.v2.1` or `-V18a`; a number of three digits behind a dot counts something
 * else. At the very beginning of a name it is a thing's name (`v8_engine`), unless it is all of it.
 */
const VERSION = /(^|[_\-. ])v(?:er(?:sion)?)?(\d{1,6}(?:\.\d{1,2}(?!\d))*)([a-z]?)(?=$|[_\-. ])/gi;

/** The version that a file is of its shot; `null`: its name tells of none. @param file relative, with `/` */
function versionOf(file: string): Version | null {
  const folders = file.split('/');
  const stem = (folders.pop() ?? '').replace(/\.[^.]+$/, '');
  const words = [...stem.matchAll(VERSION)];
  const word = words.findLast(({ 0: all, index }) => index > 0 || all.length === stem.length);
  if (!word) return null;
  const [all, before = '', digits = '', letter = ''] = word;
  const rest = `${stem.slice(0, word.index)}${before}v#${stem.slice(word.index + all.length)}`;
  const number = digits.split('.').map(Number);
  // `sh0040/v012/sh0040_v012.blend`: its own folder counts with it.
  const own = (folder: string) =>
    sameVersion(wholeVersion(folder), { number, letter }) ? 'v#' : folder;
  const key = [...folders.map(own), rest].join('/').normalize('NFC').toLowerCase();
  return { key, number, letter: letter.toLowerCase() };
}

function wholeVersion(folder: string): Pick<Version, 'number' | 'letter'> | null {
  const [, digits, letter = ''] = /^v(?:er(?:sion)?)?(\d{1,6})([a-z]?)$/i.exec(folder) ?? [];
  return digits === undefined ? null : { number: [Number(digits)], letter };
}

type Rank = Pick<Version, 'number' | 'letter'>;

function sameVersion(a: Rank | null, b: Rank): boolean {
  return a !== null && compared(a, b) === 0;
}

function compared(a: Rank, b: Rank): number {
  const most = Math.max(a.number.length, b.number.length);
  for (let at = 0; at < most; at++) {
    const apart = (a.number[at] ?? 0) - (b.number[at] ?? 0);
    if (apart !== 0) return apart;
  }
  const [left, right] = [a.letter.toLowerCase(), b.letter.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The files that are an older version of a shot of which a newer one is among them, each with that one. What is no
 * version, and two files of the same version (`v18`, `v018`), stand for themselves.
 */
export function olderVersions(files: readonly string[]): ReadonlyMap<string, string> {
  const newest = new Map<string, { file: string; version: Version }>();
  const versions = files.flatMap((file) => {
    const version = versionOf(file);
    return version ? [{ file, version }] : [];
  });
  for (const one of versions) {
    const known = newest.get(one.version.key);
    if (!known || compared(known.version, one.version) < 0) newest.set(one.version.key, one);
  }
  const older = new Map<string, string>();
  for (const { file, version } of versions) {
    const top = newest.get(version.key);
    if (top && compared(version, top.version) < 0) older.set(file, top.file);
  }
  return older;
}

/** `_backup`, `Backups`, `bak-2`, `sh0040_backup`, `backup 2026-11-29`; with a mark in front also `_old`, `_backup_monday`. */
const BACKUPS = [
  /^[_\-. ~]*(?:back[-_ ]?ups?|bak|bkp|bkup|auto[-_ ]?saves?)[_\-. \d~]*$/i,
  /[_\-. ](?:back[-_ ]?ups?|bak|bkp|bkup)[_\-. \d~]*$/i,
  /^[_~]+(?:back[-_ ]?ups?|bak|bkp|old|archived?|trash|obsolete|deprecated|superseded)(?:$|[_\-. \d~])/i,
];

/** Whether a folder is called as people call those where they put what is not to be rendered. @param name of the folder alone */
export function isBackupFolder(name: string): boolean {
  return BACKUPS.some((pattern) => pattern.test(name));
}

/**
 * Blender saves `shot_4711_autosave.blend` by itself, by the number of its process.
 * Source: `wm_autosave_location` in source/blender/windowmanager/intern/wm_files.cc
 */
export function isAutosave(file: string): boolean {
  return /(?:^|[_/])\d+_autosave\.blend$/i.test(file);
}
