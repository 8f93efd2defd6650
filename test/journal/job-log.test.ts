import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JobLogs } from '../../electron/engine/journal/job-log.ts';
import type { LogLine } from '../../shared/events.ts';
import { temporaryFolder } from './temporary.ts';

describe('JobLogs', () => {
  it('writes lines that a person can read, and reads them back', async () => {
    const directory = await temporaryFolder();
    const logs = new JobLogs(directory);
    logs.append('hero', {
      at: 0,
      worker: 2,
      level: 'error',
      text: 'Error: Cannot render, no camera',
    });
    logs.append('hero', { at: 1, worker: 2, level: 'info', text: 'two\nlines\r\n' });
    await logs.close();
    const text = await readFile(join(directory, 'logs', 'hero.log'), 'utf8');
    expect(text).toBe(
      '1970-01-01T00:00:00.000Z  worker 2  error    Error: Cannot render, no camera\n' +
        '1970-01-01T00:00:00.001Z  worker 2  info     two ⏎ lines\n',
    );
    expect(await new JobLogs(directory).read('hero', 10)).toEqual([
      { at: 0, worker: 2, level: 'error', text: 'Error: Cannot render, no camera' },
      { at: 1, worker: 2, level: 'info', text: 'two ⏎ lines' },
    ]);
  });

  it('keeps the beginning and the end of a job that never stops talking', async () => {
    const directory = await temporaryFolder();
    const logs = new JobLogs(directory, 30_000);
    for (let index = 0; index < 3000; index += 1) {
      logs.append('hero', lineOf(index));
      if (index % 50 === 0) await logs.close();
    }
    await logs.close();
    const names = await readdir(join(directory, 'logs'));
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(directory, 'logs', name))).size),
    );
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(45_000);
    const lines = await logs.read('hero', 10_000);
    expect(lines[0]?.text).toBe('line 0');
    expect(lines.at(-1)?.text).toBe('line 2999');
    expect((await logs.read('hero', 3)).map((line) => line.text)).toEqual([
      'line 2997',
      'line 2998',
      'line 2999',
    ]);
  });

  it('gives every job a file of its own, whatever its id', async () => {
    const directory = await temporaryFolder();
    const logs = new JobLogs(directory);
    const ids = ['a/b', 'a_b', 'A_B', 'con', '../../escape', 'ünï 🎬', 'x'.repeat(300)];
    for (const [index, id] of ids.entries()) logs.append(id, lineOf(index));
    await logs.close();
    for (const [index, id] of ids.entries())
      expect(await logs.read(id, 5)).toEqual([lineOf(index)]);
    expect(await readdir(join(directory, 'logs'))).toHaveLength(ids.length);
    expect(await readdir(directory)).toEqual(['logs']);
  });

  it('lets the render go on when no log can be written, and counts it', async () => {
    const directory = await temporaryFolder();
    await writeFile(join(directory, 'logs'), 'a file where the folder should be');
    const logs = new JobLogs(directory);
    logs.append('hero', lineOf(1));
    await logs.close();
    await logs.close();
    expect(logs.dropped).toBe(1);
    expect(await logs.read('hero', 5)).toEqual([]);
  });
});

function lineOf(index: number): LogLine {
  return { at: index, worker: 1, level: 'info', text: `line ${index}` };
}
