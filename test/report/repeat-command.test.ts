import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  quotePosix,
  quotePowerShell,
  repeatCommand,
} from '../../electron/engine/report/repeat-command.ts';
import { DEFAULT_CONFIG } from '../../shared/batch.ts';
import { madeJob, RUN } from '../helpers/results.ts';
import { nasty } from './nasty.ts';

test('the command says only what is not the default', () => {
  expect(repeatCommand(madeJob(), RUN)).toBe(
    'npx nightshift render /film/shots -o /film/shots/renders --only hero',
  );
});

test('the command renders as the run did', () => {
  const config = {
    ...DEFAULT_CONFIG,
    trusted: true,
    workers: 2,
    memoryLimitMb: 650,
    existing: 'skip',
    timeoutSeconds: 7200,
    frameTimeoutSeconds: 90.5,
    maxRetries: 0,
    blenderPath: '/opt/my blender/blender',
    launcher: "env A='b c' nice -n 5",
    factoryStartup: true,
  } as const;
  expect(repeatCommand(madeJob({ name: "it's" }), { ...RUN, config })).toBe(
    "npx nightshift render /film/shots -o /film/shots/renders --only 'it'\\''s' --trust --workers 2" +
      " --memory 0.635 --existing skip --timeout 7200 --frame-timeout 90.5 --retries 0 --blender '/opt/my blender/blender'" +
      " --launcher 'env A='\\''b c'\\'' nice -n 5' --factory-startup",
  );
});

test('of a batch of some files the command names these', () => {
  expect(repeatCommand(madeJob(), { ...RUN, files: ['a b.blend', 'sq/c.blend'] })).toBe(
    "npx nightshift render '/film/shots/a b.blend' /film/shots/sq/c.blend -o /film/shots/renders --only hero",
  );
});

test('a name that starts with a dash is not taken for an option', () => {
  expect(repeatCommand(madeJob({ name: '-x' }), RUN)).toContain(' --only=-x');
});

test('on Windows it is quoted for PowerShell', () => {
  const machine = { ...RUN.machine, platform: 'win32 10.0.22631' };
  const run = { ...RUN, machine, folder: 'D:\\My Shots', outputRoot: 'D:\\out' };
  expect(repeatCommand(madeJob({ name: 'mia’s $x' }), run)).toBe(
    "npx nightshift render 'D:\\My Shots' -o D:\\out --only 'mia’’s $x'",
  );
});

test('a shell reads every argument back as it was', () => {
  // Bash is asked since a control character needs $'…', which older plain shells lack.
  const usable = fc.array(
    nasty.map((text) => text.replaceAll('\u0000', '').replace(/\p{Cs}/gu, '')),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(usable, (words) => {
      const script = `printf '%s\\0' start ${words.map(quotePosix).join(' ')}`;
      const said = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
      expect(said.split('\0').slice(1, -1)).toEqual(words);
    }),
    { numRuns: 60 },
  );
});

test('what can not be seen never stands bare in a command', () => {
  fc.assert(
    fc.property(nasty, (word) => {
      expect(`${quotePosix(word)}${quotePowerShell(word)}`).not.toMatch(
        /[\p{Cc}\p{Bidi_Control}]/u,
      );
    }),
  );
});

test('PowerShell gets what it would act on as it is', () => {
  expect(quotePowerShell('')).toBe("''");
  expect(quotePowerShell('a`b"$c')).toBe("'a`b\"$c'");
  expect(quotePowerShell('a\n"$c')).toBe('"a$([char]0xa)`"`$c"');
  expect(quotePowerShell('--only')).toBe('--only');
  expect(quotePowerShell('@x')).toBe("'@x'");
});
