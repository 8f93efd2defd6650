import { expect, test } from 'vitest';
import { reportText } from '../../electron/app/sessions/reports.ts';
import { BatchCheckpoint } from '../../electron/engine/index.ts';
import { madeJob, madeResult } from '../helpers/results.ts';
import { added, runStarted, started } from '../journal/events.ts';
import { temporaryFolder } from '../journal/temporary.ts';

/** A window that has opened a batch and renders nothing. */
const atRest = (checkpointPath: string) => {
  const waits = madeJob({ status: 'waiting', frames: null });
  const result = madeResult([waits], 'interrupted');
  return { running: false, checkpointPath, getResult: () => result };
};

test('a report of a batch that another Nightshift renders does not speak of an interruption', async () => {
  const folder = await temporaryFolder();
  const theirs = new BatchCheckpoint(folder);
  await theirs.open();
  for (const event of [runStarted(), ...added(), started(1)]) await theirs.append(event);
  const during = await reportText(atRest(folder));
  expect(during).toContain('Still rendering: 0 of 1 shot is complete, and 0 of 4 frames on disk.');
  expect(during).not.toContain('stopped before its end');

  await theirs.close();
  expect(await reportText(atRest(folder))).toContain('The batch stopped before its end');
});
