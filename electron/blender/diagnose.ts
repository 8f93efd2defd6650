import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CAUSE_FACTS, type Cause, type Failure } from '../../shared/failure.ts';
import type { RecentLine } from './log-line.ts';
import { type Doing, type Known, nextStep, sentence } from './sentences.ts';

type Evidence =
  /** The runner knows the cause itself. */
  | {
      readonly kind: 'refusal';
      readonly cause: Cause;
      readonly message: string;
      readonly nextStep: string | null;
      readonly lines: readonly string[];
    }
  /** Blender's own words about a command that failed. */
  | { readonly kind: 'report'; readonly text: string; readonly log: readonly RecentLine[] }
  | ProcessEnd
  | {
      readonly kind: 'limit';
      readonly limit: 'timed-out' | 'stalled';
      readonly seconds: number;
      readonly log: readonly RecentLine[];
    }
  /** It runs, but has closed the pipe through which it answers. */
  | { readonly kind: 'mute'; readonly log: readonly RecentLine[] }
  | NotBegun;

/** The process ended in the middle of a request, and not by us. */
export interface ProcessEnd {
  readonly kind: 'exit';
  readonly code: number | null;
  readonly signal: string | null;
  readonly platform: string;
  readonly log: readonly RecentLine[];
  /** The head of Blender's crash file, if it wrote one. */
  readonly crash: readonly string[];
}

/** The process could not even be started: the system's error code, such as ENOENT. */
export interface NotBegun {
  readonly kind: 'no-start';
  readonly path: string;
  readonly code: string;
}

/** Makes a failure out of everything that is known. Pure. */
export function diagnose(evidence: Evidence, doing: Doing): Failure {
  switch (evidence.kind) {
    case 'refusal':
      return {
        cause: evidence.cause,
        message: evidence.message,
        nextStep: evidence.nextStep ?? CAUSE_FACTS[evidence.cause].nextStep,
        evidence: evidence.lines.slice(-MOST),
      };
    case 'report':
      return reported(evidence.text, evidence.log, doing);
    case 'exit':
      return ended(evidence, doing);
    case 'limit':
      return failure(evidence.limit, doing, chosen(evidence.log), {
        seconds: evidence.seconds,
      });
    case 'mute':
      return failure('crashed', doing, chosen(evidence.log), {
        detail: 'it closed its connection to Nightshift',
      });
    case 'no-start':
      if (SHORTAGES.has(evidence.code)) return noRoomToStart(evidence.code);
      return failure('blender-not-found', doing, [`${evidence.code}: ${evidence.path}`], {
        detail: `${evidence.path} ${notRunText(evidence.code) ?? 'is not a Blender that answers'}`,
      });
  }
}

/** What the system's code says of a program that it does not start; `null`: nothing of it. */
export function notRunText(code: string): string | null {
  return NO_STARTS[code] ?? null;
}

const NO_STARTS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'is not a program that may be run',
  ENOEXEC: 'is not a program of this system',
};

/** No more file handles, processes or memory now: none of it is Blender's fault, and it may pass. */
const SHORTAGES = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);

function noRoomToStart(code: string): Failure {
  return {
    cause: code === 'ENOMEM' ? 'out-of-memory' : 'render-error',
    message: `Blender can't be started now: the system has no more processes, memory or file handles to give (${code}).`,
    nextStep: 'Close other programs, then retry.',
    evidence: [],
  };
}

/** The cause that a text of Blender names, if it names one. The first rule that fits wins. */
function causeInWords(text: string): Cause | null {
  return RULES.find(([, words]) => words.test(text))?.[0] ?? null;
}

const MOST = 20;

/**
 * Measured on 4.3.2 and 5.2.2. Without the library: `Couldn't open libEGL.so.1: …: No such file or directory`, exit 134.
 * With it and no driver: an assertion of libepoxy, exit 134, or only `EGL_BAD_PARAMETER`, exit 139. `EGL_BAD_MATCH` is
 * said where all goes well.
 */
const NO_GRAPHICS =
  /Couldn't open lib(?:EGL|GL|OpenGL)\b|epoxy_get_proc_address|EGL_BAD_PARAMETER|Failed to create (?:an? )?(?:OpenGL|GPU) context|Can't initialize GPU/i;

const RULES: readonly (readonly [Cause, RegExp])[] = [
  ['disk-full', /No space left on device|not enough space on the disk|Disk quota exceeded/i],
  [
    'out-of-memory',
    /Malloc returns null|Calloc returns null|std::bad_alloc|MemoryError|\bout of (?:GPU |device |host )?memory\b|ERROR_OUT_OF_MEMORY|Cannot allocate memory|what\(\): +Resource temporarily unavailable|System is out of GPU|hipErrorOutOfMemory|CallbackErrorOutOfMemory|OUT_OF_DEVICE_MEMORY|Failed to build OptiX acceleration structure/i,
  ],
  [
    'denoiser-not-available',
    /Failed to denoise|(?:no|without) OpenImageDenoise|denoiser.*not (?:available|supported)/i,
  ],
  ['graphics-not-available', NO_GRAPHICS],
  ['no-camera', /Cannot render, no camera|No camera found/i],
  ['engine-not-available', /engine ['"\w ]*not found|EEVEE.*(?:not supported|requires)/i],
  [
    'device-not-available',
    /Found no Cycles device|No (?:compatible )?(?:GPUs?|devices?) (?:found|available)|Failed to create CUDA context/i,
  ],
  [
    'newer-blender-needed',
    /saved (?:by|in|with) a newer (?:version|Blender)|written by (?:a )?newer|newer Blender (?:binary|version)|open it with Blender|Cannot read.*newer/i,
  ],
  ['missing-file', /(?:Cannot|Unable to) (?:read|open)[^\n]*No such file or directory/i],
  [
    'unreadable-scene',
    /Cannot read file|Failed to read blend file|Missing DNA block|File format is not supported in file|not a blend(?:er)? file|Unable to read|Failed to read/i,
  ],
  [
    'output-not-writable',
    /Permission denied|Read-only file system|cannot save|Could not (?:create|open|write)|couldn't create/i,
  ],
  ['nothing-rendered', /Nothing was written/],
];

/**
 * What Cycles says when it is the GPU whose memory has run out. Seen in logs: `System is out of GPU memory`
 * (github.com/princeton-vl/infinigen/issues/30), `System is out of GPU and shared host memory` (the same, 68;
 * ynshung/blender-colab/issues/5), `Out of memory in cuStreamCreate(&cuda_stream_, …)` (vosen/ZLUDA/issues/223).
 * In 4.3's program text: `%s in CUDA queue %s (%s)` and the same for HIP, with the driver's `Out of memory`.
 * Metal's command buffers end with `Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)`.
 */
const GPU_MEMORY =
  /System is out of GPU|out of memory in (?:cu[A-Z]|hip[A-Z]|CUDA|HIP)|Failed to create (?:CUDA|HIP) context \(out of memory|CUDA_ERROR_OUT_OF_MEMORY|hipErrorOutOfMemory|CallbackErrorOutOfMemory|OUT_OF_DEVICE_MEMORY|Failed to build OptiX acceleration structure/i;

function reported(text: string, log: readonly RecentLine[], doing: Doing): Failure {
  const said = causeInWords(text);
  const errors = log.filter((line) => line.level === 'error').map((line) => line.text);
  // An empty place where a file should be has a reason, which Blender may have printed before.
  const printed = errors.map(causeInWords).find((cause) => cause !== null) ?? null;
  const cause = said && said !== 'nothing-rendered' ? said : (printed ?? said ?? 'render-error');
  const words = firstLine(text);
  const lines = chosen(log);
  const shown = lines.some((line) => line.includes(words)) ? lines : [...lines, words].slice(-MOST);
  return failure(cause, doing, shown, { detail: words });
}

function ended(exit: ProcessEnd, doing: Doing): Failure {
  const lines = [...chosen(exit.log).slice(-12), ...exit.crash].slice(-MOST);
  const cause = exitCause(exit, doing);
  const how = howEnded(exit);
  return failure(cause, doing, [...lines.slice(1 - MOST), `Blender ended: ${how}`], {
    detail: cause === 'blender-not-found' ? `it ended at once (${how})` : how,
    killed: wasKilled(exit) && !saysNoMemory(exit),
  });
}

/** Such as `SIGSEGV` or `exit code 97`. */
export function howEnded({ signal, code }: Pick<ProcessEnd, 'signal' | 'code'>): string {
  return signal ?? `exit code ${code ?? 'unknown'}`;
}

function exitCause(exit: ProcessEnd, doing: Doing): Cause {
  // Linux ends the largest process when memory runs out; nobody else sends this unasked.
  if (saysNoMemory(exit) || wasKilled(exit)) return 'out-of-memory';
  // It ends by a signal then, as if it had crashed; the same happens at every try.
  if (exit.log.some(({ text }) => NO_GRAPHICS.test(text))) return 'graphics-not-available';
  if (exit.signal !== null || CRASH_CODES.has(exit.code ?? 0)) return 'crashed';
  if (doing.what === 'start') return exit.code === 97 ? 'render-error' : 'blender-not-found';
  return (
    errorsOf(exit)
      .map(causeInWords)
      .find((cause) => cause !== null) ?? 'crashed'
  );
}

function wasKilled({ platform, signal, code }: ProcessEnd): boolean {
  return platform === 'linux' && (signal === 'SIGKILL' || code === 137);
}

function saysNoMemory(exit: ProcessEnd): boolean {
  if (exit.code === WINDOWS_NO_MEMORY) return true;
  return errorsOf(exit).some((text) => causeInWords(text) === 'out-of-memory');
}

function errorsOf(exit: ProcessEnd): readonly string[] {
  return exit.log.filter((line) => line.level === 'error').map((line) => line.text);
}

/** STATUS_NO_MEMORY. */
const WINDOWS_NO_MEMORY = 0xc0000017;
/** 128 + signal as a shell counts, EXCEPTION_ACCESS_VIOLATION, STACK_OVERFLOW, STATUS_HEAP_CORRUPTION, abort(). */
const CRASH_CODES = new Set([132, 134, 135, 136, 139, 0xc0000005, 0xc00000fd, 0xc0000374, 3]);

/** The lines that show it: what was loud, and the last words; at most 20, oldest first. */
function chosen(log: readonly RecentLine[]): string[] {
  const loud = new Set(log.filter((line) => line.level !== 'info').slice(-MOST / 2));
  const last = new Set(log.slice(-MOST / 2));
  return log.filter((line) => loud.has(line) || last.has(line)).map((line) => line.text);
}

function firstLine(text: string): string {
  const line = text.split('\n').find((part) => part.trim() !== '') ?? text;
  return line.trim();
}

function failure(cause: Cause, doing: Doing, evidence: readonly string[], known: Known): Failure {
  const ofGpu = cause === 'out-of-memory' && evidence.some((line) => GPU_MEMORY.test(line));
  return {
    cause,
    message: sentence(cause, doing, { ...known, ofGpu }),
    nextStep: nextStep(cause, doing, ofGpu),
    evidence: evidence.slice(-MOST),
    ...(ofGpu && { ofGpu: true as const }),
  };
}

/** The head of the backtrace that a crashing Blender left in its TMPDIR; empty if there is none. */
export async function readCrash(temporary: string): Promise<string[]> {
  const names = await readdir(temporary).catch(() => []);
  const name = names.find((file) => file.endsWith('.crash.txt'));
  if (!name) return [];
  const text = await readFile(join(temporary, name), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').slice(0, HEAD);
}

const HEAD = 8;
