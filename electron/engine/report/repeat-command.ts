import { posix, win32 } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG, type RunInfo } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { testSettings } from '../../../shared/test-pass.ts';
import { hostWords } from '../../hosts/index.ts';
import { finalsRoot } from '../folder/test-pass.ts';

/** As it is found in a clone, and where it is installed too. */
const NIGHTSHIFT = ['npx', 'nightshift'];

/**
 * The line that renders this shot again in a terminal, as in that run: quoted for PowerShell where
 * the run was on Windows, for a POSIX shell elsewhere. Frames that are done are not rendered again
 * unless the run overwrote them too.
 */
export function repeatCommand(job: BatchJob, run: RunInfo): string {
  const quote = isWindows(run) ? quotePowerShell : quotePosix;
  // A name that starts with a dash would be taken for an option.
  const only = job.name.startsWith('-') ? [`--only=${job.name}`] : ['--only', job.name];
  const words = [...NIGHTSHIFT, 'render', ...said(run), ...places(run), ...only];
  return [...words, ...settings(run.config)].map(quote).join(' ');
}

/** The line that goes on with the whole batch in a terminal; quoted as `repeatCommand` does. */
export function batchCommand(run: RunInfo): string {
  const quote = isWindows(run) ? quotePowerShell : quotePosix;
  const words = [...NIGHTSHIFT, 'render', ...said(run), ...places(run)];
  return [...words, ...settings(run.config)].map(quote).join(' ');
}

/** Whether a run's machine is one where commands are typed into PowerShell. */
export function isWindows(run: RunInfo): boolean {
  return /^win/i.test(run.machine.platform);
}

/** What is rendered: a folder, or some files of it. */
function said(run: RunInfo): readonly string[] {
  const { join } = isWindows(run) ? win32 : posix;
  return run.files?.map((file) => join(run.folder, file)) ?? [run.folder];
}

/** Where frames go, and which test pass it is. */
function places(run: RunInfo): readonly string[] {
  const finals = finalsRoot(run, isWindows(run) ? win32 : posix);
  const tests = run.test ? testSettings(run.test) : [];
  return ['-o', finals, ...tests.flatMap((setting) => ['--test', setting])];
}

/** Every setting that is not the default and bears on one shot. */
function settings(config: BatchConfig): readonly string[] {
  const words: string[] = [];
  const set = (option: string, value: number | string | null, standard: unknown) => {
    if (value !== null && value !== standard) words.push(option, String(value));
  };
  if (config.trusted) words.push('--trust');
  set('--workers', config.workers, DEFAULT_CONFIG.workers);
  if (config.memoryLimitMb !== null) words.push('--memory', gigabytes(config.memoryLimitMb));
  set('--existing', config.existing, DEFAULT_CONFIG.existing);
  set('--saved', config.saved, DEFAULT_CONFIG.saved);
  set('--timeout', config.timeoutSeconds, DEFAULT_CONFIG.timeoutSeconds);
  set('--frame-timeout', config.frameTimeoutSeconds, DEFAULT_CONFIG.frameTimeoutSeconds);
  set('--retries', config.maxRetries, DEFAULT_CONFIG.maxRetries);
  set('--blender', config.blenderPath, DEFAULT_CONFIG.blenderPath);
  for (const [option, value] of hostWords(config)) {
    words.push(...(value.startsWith('-') ? [`${option}=${value}`] : [option, value]));
  }
  set('--other-blender', config.otherBlender, DEFAULT_CONFIG.otherBlender);
  if (config.factoryStartup) words.push('--factory-startup');
  return words;
}

/** As `--memory` takes it. */
function gigabytes(mb: number): string {
  return String(Number((mb / 1024).toFixed(3)));
}

/** For sh, bash and zsh. Control characters need `$'…'` (POSIX 2024), all else plain quotes. */
export function quotePosix(argument: string): string {
  if (/^[\w@%+=:,./-]+$/u.test(argument) && !argument.startsWith('=')) return argument;
  if (HARMFUL.test(argument)) return `$'${[...argument].map(octal).join('')}'`;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

/** For PowerShell 5 and later, which takes typographic quotes for quotes too. */
export function quotePowerShell(argument: string): string {
  if (/^(?:--?[a-z][a-z-]*|\w[\w:./\\-]*)$/iu.test(argument)) return argument;
  if (HARMFUL.test(argument)) return `"${[...argument].map(expression).join('')}"`;
  return `'${argument.replace(/['\u2018\u2019\u201A\u201B]/gu, '$&$&')}'`;
}

// What a person can't see must not stand bare in a line that is to be copied.
const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

function octal(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!HARMFUL.test(character)) return character;
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

function expression(character: string): string {
  if (/["$`\u201C\u201D\u201E]/u.test(character)) return `\`${character}`;
  if (!HARMFUL.test(character)) return character;
  return `$([char]0x${character.charCodeAt(0).toString(16)})`;
}
