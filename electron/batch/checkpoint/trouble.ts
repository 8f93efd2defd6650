/** What stands in the way of a checkpoint, as the sentence that the artist reads. */
const SENTENCES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk that holds the checkpoint is full',
  EDQUOT: 'The disk that holds the checkpoint is full',
  EROFS: 'The checkpoint is on a disk that is read-only',
  EACCES: 'Nightshift may not use the folder of the checkpoint',
  EPERM: 'Nightshift may not use the folder of the checkpoint',
  EISDIR: 'A folder called journal.jsonl stands where the checkpoint is kept; move it away',
};

/**
 * An error of the file system as a sentence that names the checkpoint's folder, with the same `code`;
 * every other error as it is.
 * @param isOpen it could be used until now
 */
export function troubleWith(directory: string, error: unknown, isOpen: boolean): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!code) return error;
  const known = code === 'ENOENT' && isOpen ? DELETED : SENTENCES[code];
  const what = known ?? `The checkpoint can't be written (${message})`;
  return Object.assign(new Error(`${what}: ${directory}.`, { cause: error }), { code });
}

const DELETED = 'The checkpoint was deleted while the batch was running';
