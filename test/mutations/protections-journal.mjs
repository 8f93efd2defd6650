const CHECKPOINT = 'electron/batch/checkpoint';
const CHANGED = "throw new Error('It was changed after it was written.');";

/** What keeps the journal true, whatever becomes of its lines and of the one who writes it. */
export const JOURNAL_PROTECTIONS = [
  {
    protection: 'journal: a line that was changed is set aside',
    file: `${CHECKPOINT}/journal-line.ts`,
    take: `if (found !== told) ${CHANGED}`,
    tests: ['test/faults/journal-torn'],
  },
  {
    protection: 'journal: a line that lost its seal is set aside',
    file: `${CHECKPOINT}/replay.ts`,
    take: `if (this.#wantsSeals && !isSealed) ${CHANGED}`,
    tests: ['test/faults/journal-torn'],
  },
  {
    protection: 'journal: a record counts for the frame of its own name only',
    file: 'electron/batch/frame/recorded.ts',
    take: 'state.record.file === frameFile(plan, frame)',
    put: 'true',
    tests: ['test/faults/checkpoint-versions'],
  },
  {
    protection: 'journal: a shot is complete only if it is known of which frames',
    file: 'electron/batch/resume.ts',
    take: 'return { job: reopened(job), lost: [], unnamed: [] };',
    put: 'return { job, lost: [], unnamed: [] };',
    tests: ['test/state/resume'],
  },
  {
    protection: 'journal: one of a newer version is refused',
    file: `${CHECKPOINT}/journal-header.ts`,
    take: 'found.data.version > JOURNAL_VERSION',
    put: 'found.data.version > 1000',
    tests: ['test/faults/checkpoint-versions'],
  },
  {
    protection: 'journal: --fresh puts one of a newer version aside',
    file: `${CHECKPOINT}/batch-checkpoint.ts`,
    take: 'if (options.afresh) await this.#putNewerAside();',
    tests: ['test/faults/checkpoint-versions'],
  },
  {
    protection: 'journal: who goes on with an older one says so in it',
    file: `${CHECKPOINT}/batch-checkpoint.ts`,
    take: 'if (!isCurrent)',
    put: 'if (length === 0)',
    tests: ['test/faults/checkpoint-versions'],
  },
  {
    protection: 'journal: a frame gets its name after its record',
    file: 'electron/batch/pool/finish-frame.ts',
    take: 'const published = await publishFrame(plan, job.id, frame);',
    put: 'const published = { ok: true, value: null } as { ok: true; value: null } | { ok: false; failure: never };',
    tests: ['test/faults/killed-at-each-event'],
  },
  {
    protection: 'journal: a frame that was recorded but not named gets its name at the next start',
    file: 'electron/batch/frame/recorded.ts',
    take: 'if (isStaged) unnamed.push(frame);',
    put: 'if (false) unnamed.push(frame);',
    tests: ['test/faults/killed-at-each-event'],
  },
  {
    protection: 'journal: a full disk under it pauses the batch',
    file: 'electron/batch/start-run.ts',
    take: 'checkpoint.onFull = (error) => roomFor(checkpoint, run, error);',
    tests: ['test/faults/data-directory'],
  },
  {
    protection: 'journal: what is appended while its disk is full keeps its order',
    file: `${CHECKPOINT}/batch-checkpoint.ts`,
    take: 'if (!saysFull(error) || !(await this.onFull?.(told as Error))) throw told;',
    put: 'throw told;',
    tests: ['test/checkpoint/full-disk'],
  },
  {
    protection: 'journal: a disk that takes no more files counts as full',
    file: 'electron/batch/pool/warm-blender.ts',
    take: 'await makeFolder(temporary);',
    put: "await import('node:fs/promises').then(({ mkdir }) => mkdir(temporary, { recursive: true }));",
    tests: ['test/faults/data-directory'],
  },
  {
    protection: 'journal: that its folder was deleted is seen',
    file: `${CHECKPOINT}/journal.ts`,
    take: 'if ((await this.#handle.stat()).nlink === 0) {',
    put: 'if (false) {',
    tests: ['test/faults/data-directory'],
  },
];
