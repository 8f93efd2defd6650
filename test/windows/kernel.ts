import koffi from 'koffi';

const kernel = process.platform === 'win32' ? koffi.load('kernel32.dll') : null;
const createFile = kernel?.func(
  'intptr_t CreateFileW(str16, uint32_t, uint32_t, void *, uint32_t, uint32_t, intptr_t)',
);
const closeHandle = kernel?.func('int CloseHandle(intptr_t)');
const attributesOf = kernel?.func('uint32_t GetFileAttributesW(str16)');

const GENERIC_READ = 0x80000000;
const OPEN_EXISTING = 3;
const HIDDEN = 2;

/** Opens a file so that nobody else may read, rename or remove it, as some previews and virus scanners do. Gives what lets go of it. */
export function hold(file: string): () => void {
  const handle = createFile?.(file, GENERIC_READ, 0, null, OPEN_EXISTING, 0, 0);
  if (handle === -1) throw new Error(`${file} can't be held.`);
  let isHeld = true;
  return () => {
    if (isHeld) closeHandle?.(handle);
    isHeld = false;
  };
}

/** Whether Explorer shows it only to who asks for hidden things. */
export function isHidden(path: string): boolean {
  return (attributesOf?.(path) & HIDDEN) !== 0;
}
