import { setTimeout as delay } from 'node:timers/promises';
import type { Failure } from '../../../shared/failure.ts';
import { diagnose, howEnded, notRunText, type ProcessEnd } from '../../blender/diagnose.ts';
import type { Host } from '../../blender/host.ts';
import { killMarked } from '../../blender/process-tree.ts';
import { type Doing, whenText } from '../../blender/sentences.ts';
import { markOf, THIS_COMPUTER } from '../../blender/this-computer.ts';

/** A command line that can't be cut into words. */
export class UnfinishedQuote extends Error {
  constructor(quote: string) {
    super(`The quote ${quote} is not closed.`);
  }
}

/**
 * Cuts a command line into words, as a POSIX shell does after it has replaced everything: blanks part them, quotes and
 * backslashes keep together (POSIX.1-2024, 2.2). Nothing is replaced: `$`, `~`, `*`, `|` and `;` stand for themselves. On Windows
 * a backslash parts folders and keeps nothing together. Throws `UnfinishedQuote`.
 */
export function wordsOf(text: string, windows = process.platform === 'win32'): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    const next = text[at + 1];
    const escapes = letter === '\\' && !windows && quote !== "'" && next !== undefined;
    if (escapes && (quote === null || '"\\$`\n'.includes(next))) {
      // An escaped end of a line is none at all.
      if (next !== '\n') word = (word ?? '') + next;
      at++;
    } else if (letter === quote) quote = null;
    else if (quote === null && (letter === "'" || letter === '"'))
      [quote, word] = [letter, word ?? ''];
    else if (quote === null && /\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + letter;
  }
  if (quote !== null) throw new UnfinishedQuote(quote);
  if (word !== null) words.push(word);
  return words;
}

/**
 * What a command that is put before Blender reaches, such as `nice -n 10`, `systemd-run --user --scope` or `ssh host`.
 * What runs on this computer is the launcher: its end ends Blender, and it is ended with all that it has started.
 * @param text as it is typed, with one word at least; no shell sees it
 */
export function behindLauncher(text: string): Host {
  const [program, ...before] = wordsOf(text);
  if (program === undefined) throw new Error('A launcher is a command.');
  return {
    launch: async (command) => {
      const args = [...before, command.program, ...command.args];
      const launched = await THIS_COMPUTER.launch({ ...command, program, args });
      const { token } = command;
      if ('error' in launched || token === undefined) return launched;
      const ended = launched.ended.then(async (exit) => {
        await killLate(token);
        return exit;
      });
      return { ...launched, ended };
    },
    blame: async (end, doing, isBlender) => {
      if (end.kind === 'no-start') {
        const why = notRunText(end.code);
        return why === null ? null : notThere(text, `${program} ${why}`, `${end.code}: ${program}`);
      }
      return isBlender ? null : ended(text, end, doing);
    },
  };
}

/** A Blender that a launcher leaves on its way shows no environment while it becomes another program, and was not seen as one of ours. */
async function killLate(token: string): Promise<void> {
  for (let looks = 0; looks < LATE_LOOKS; looks += 1) {
    await delay(LATE_MS);
    await killMarked(markOf(token));
  }
}

const LATE_LOOKS = 3;
const LATE_MS = 20;

function notThere(launcher: string, why: string, evidence: string): Failure {
  return {
    cause: 'blender-not-found',
    message: `Blender could not be started: the launcher ${launcher} can't be run, because ${why}.`,
    nextStep:
      'Correct --launcher, or leave it out: its first word has to be a program of this computer.',
    evidence: [evidence],
  };
}

/** `null`: whether it was the launcher can't be told, or it was not. */
function ended(launcher: string, end: ProcessEnd, doing: Doing): Failure | null {
  const own = diagnose(end, doing);
  const how = howEnded(end);
  if (doing.what === 'start') {
    // Who crashes or runs out of memory is a Blender.
    if (own.cause !== 'blender-not-found') return null;
    return {
      cause: 'blender-not-found',
      message: `Blender could not be started: the launcher ${launcher} ended before Blender came up (${how}).`,
      nextStep: `Try ${launcher} blender --version in a terminal: it has to tell Blender's version, and to stay until Blender has ended. Then correct --launcher or --blender.`,
      evidence: own.evidence,
    };
  }
  if (end.signal === null && !NO_END_OF_BLENDER.has(end.code ?? 0)) return null;
  return {
    cause: 'crashed',
    message: `The launcher ${launcher} ended ${whenText(doing)}, and Blender with it (${how}).`,
    nextStep:
      'Look at what ends the launcher, such as a lost connection; the frame is tried again.',
    evidence: own.evidence,
  };
}

/** In the middle of a request: 0 is an end that nobody asked for, 255 is how ssh says that its connection is lost. */
const NO_END_OF_BLENDER = new Set([0, 255]);
