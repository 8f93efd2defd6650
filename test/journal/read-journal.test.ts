import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sealed } from '../../electron/engine/journal/journal-format.ts';
import { quickEvent } from '../../electron/engine/journal/parse-event.ts';
import { readJournal } from '../../electron/engine/journal/read-journal.ts';
import { replay } from '../../electron/engine/journal/replay.ts';
import { batchEvent } from '../../shared/events.ts';
import { temporaryFolder } from './temporary.ts';

const anyBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\n\n', '\r\n', '{"a":1}', 'ü', '𝄞', '\u0000'),
      fc.string(),
      fc.uint8Array({ maxLength: 9 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part))));

it('reads the same lines in blocks of any size as from the whole text', async () => {
  const file = join(await temporaryFolder(), 'journal.jsonl');
  await fc.assert(
    fc.asyncProperty(anyBytes, fc.integer({ min: 1, max: 60 }), async (bytes, blockBytes) => {
      await writeFile(file, bytes);
      const lines: string[] = [];
      const end = await readJournal(
        file,
        (text, block, start, to) => {
          expect(block.toString('utf8', start, to)).toBe(text);
          lines.push(text);
        },
        blockBytes,
      );
      const length = bytes.lastIndexOf(0x0a) + 1;
      expect(lines).toEqual(bytes.toString('utf8', 0, length).split('\n').slice(0, -1));
      expect(end).toMatchObject({ length, tail: bytes.toString('utf8', length) });
    }),
    { numRuns: 60 },
  );
});

it('finds nothing in a journal that is not there', async () => {
  const file = join(await temporaryFolder(), 'journal.jsonl');
  const end = await readJournal(file, () => expect.unreachable());
  expect(end).toEqual({ length: 0, tail: '', stamp: null });
});

it('reads the lines of frames by pattern exactly as by parsing', () => {
  const number = fc.oneof(fc.nat(), fc.double(), fc.constantFrom(-1, 0.5, 1e21, 1e-9, 2 ** 53));
  const text = fc.oneof(fc.stringMatching(/^[a-z0-9_.ü]{0,9}$/), fc.string());
  const record = {
    ...{ file: text, bytes: number, mtimeMs: number, sha256: text },
    ...{ seconds: number, memoryMb: number, at: number },
    cpu: fc.record({ seconds: number, threads: number }),
  };
  const requiredKeys = ['file', 'bytes', 'mtimeMs', 'sha256', 'seconds', 'memoryMb', 'at'] as const;
  const about = { job: text, at: number, frame: number };
  const anyEvent = fc.oneof(
    fc.record({ type: fc.constant('frame-started'), ...about, worker: number }),
    fc.record({
      type: fc.constant('frame-done'),
      ...about,
      record: fc.record(record, { requiredKeys: [...requiredKeys] }),
    }),
    fc.record({ type: fc.constant('frame-lost'), ...about }),
  );
  fc.assert(
    fc.property(
      anyEvent,
      fc.boolean(),
      fc.nat(60),
      fc.string({ maxLength: 2 }),
      (event, ...how) => {
        const [isSealed, at, damage] = how;
        const whole = isSealed ? sealed(event) : JSON.stringify(event);
        for (const line of [whole, whole.slice(0, at) + damage + whole.slice(at + 1)]) {
          const quick = quickEvent(line);
          if (quick) expect(quick).toEqual(batchEvent.parse(JSON.parse(line)));
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('reads the two lines of a rendered frame by pattern', () => {
  const about = { job: '0123456789ab', at: 1764000000000, frame: -3 };
  const record = {
    ...{ file: 'hero_-003.png', bytes: 12, mtimeMs: 1764000000000.25, sha256: '0'.repeat(32) },
    ...{ seconds: 0.1, memoryMb: 300.5, at: 1764000000001 },
  };
  expect(quickEvent(sealed({ type: 'frame-started', ...about, worker: 2 }))?.type).toBe(
    'frame-started',
  );
  expect(quickEvent(sealed({ type: 'frame-done', ...about, record }))?.type).toBe('frame-done');
});

it('keeps the order of what happened to frames and to their shot', () => {
  const at = 1;
  const job = 'hero';
  const names = { name: job, shotFile: 'hero.yaml', outputPath: '/out', source: 'x' };
  const plan = {
    ...{ frames: [1, 2], directory: '/out', pattern: 'hero_#', extension: '.png', format: 'PNG' },
    ...{ width: 1, height: 1, engine: 'CYCLES', fps: 24, movie: null },
  };
  const crash = { cause: 'crashed', message: 'It crashed.', nextStep: '', evidence: [] };
  const events = [
    { type: 'job-added', job, at, ...names },
    { type: 'job-planned', job, at, plan },
    { type: 'job-started', job, at },
    { type: 'frame-started', job, at, frame: 1, worker: 1 },
    { type: 'frame-failed', job, at, frame: 1, failure: crash, willRetry: true },
    { type: 'frame-started', job, at, frame: 1, worker: 1 },
    { type: 'frame-started', job, at, frame: 2, worker: 2 },
    { type: 'job-finished', job, at, status: 'cancelled', error: null },
  ];
  const hero = replay(events.map((event) => JSON.stringify(event))).jobs.get(job);
  expect(hero).toMatchObject({ status: 'cancelled', retryCount: 1, counts: { waiting: 2 } });
});
