import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { events, makeCli, ofType } from './rig.ts';

const SAMPLES = join(import.meta.dirname, '../../assets/sample-shots');

async function trusted(folder: string, ...more: string[]): Promise<unknown> {
  const cli = await makeCli();
  const shot = ['--only', '020_snow_cabin', '-o', cli.out];
  const { out } = await cli.run('render', folder, ...shot, '--json', ...more);
  const [end] = ofType(events(out), 'batch-finished');
  return (end as unknown as { run: { config: { trusted: boolean } } }).run.config.trusted;
}

test('the sample shots that come with Nightshift are trusted, a copy of them is not unless it is said', async () => {
  const cli = await makeCli();
  const copy = join(cli.folder, 'copy');
  await cp(SAMPLES, copy, { recursive: true });
  await rm(join(copy, 'renders'), { recursive: true, force: true });
  expect(await trusted(SAMPLES)).toBe(true);
  expect(await trusted(copy)).toBe(false);
  expect(await trusted(copy, '--trust')).toBe(true);
});
