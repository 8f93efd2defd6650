interface Trouble {
  /** What happened; the folder follows. */
  readonly what: string;
  readonly nextStep: string;
}

const FULL: Trouble = {
  what: 'The disk that holds the checkpoint is full',
  nextStep: 'Make room on it and start again: what is finished stays finished.',
};
const REFUSED: Trouble = {
  what: 'Nightshift may not use the folder of the checkpoint',
  nextStep: 'Change its permissions and start again.',
};
const DELETED: Trouble = {
  what: 'The checkpoint was deleted while the batch was running',
  nextStep:
    'Start again and let it keep every whole frame that is there (--existing skip): none is lost.',
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: {
    what: 'The disk that holds the checkpoint is read-only',
    nextStep: 'Make it writable and start again.',
  },
  EACCES: REFUSED,
  EPERM: REFUSED,
  EISDIR: {
    what: 'A folder called journal.jsonl stands where the checkpoint is kept',
    nextStep: 'Move it away and start again.',
  },
};

/**
 * An error of the file system as a sentence that names the checkpoint's folder, with the same `code` and
 * a `nextStep`; every other error as it is.
 * @param isOpen it could be used until now
 */
export function troubleWith(directory: string, error: unknown, isOpen: boolean): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!code) return error;
  const known = code === 'ENOENT' && isOpen ? DELETED : TROUBLES[code];
  const what = known?.what ?? `The checkpoint can't be written (${message})`;
  const nextStep = known?.nextStep ?? 'Mend that and start again.';
  return Object.assign(new Error(`${what}: ${directory}.`, { cause: error }), { code, nextStep });
}
