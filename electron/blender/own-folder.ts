import { mkdirSync, statSync } from 'node:fs';

/** Whether nobody but this person can write into the folder, which is made where it is not there: what lies there is run. */
export function isOurs(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (process.platform === 'win32') return true;
    const { uid, mode } = statSync(folder);
    return uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}
