import { Command, CommanderError } from 'commander';
import { printable } from '../../shared/safe-text.ts';
import { BatchInUse, NIGHTSHIFT_VERSION, NightInUse } from '../engine/index.ts';
import { clearCommand, listCommand, reportCommand } from './commands/batches.ts';
import { blenderCommand } from './commands/blender.ts';
import { checkCommand } from './commands/check.ts';
import { exportCommand } from './commands/export.ts';
import { followCommand } from './commands/follow.ts';
import { movieCommand } from './commands/movie.ts';
import { queueCommand } from './commands/queue.ts';
import { renderCommand } from './commands/render.ts';
import { seatsCommand } from './commands/seats.ts';
import { tellCommand } from './commands/tell.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import type { Output, Session } from './output.ts';

/** Runs a command line (without node and script); resolves with the exit code, never rejects. */
export async function runCommandLine(args: readonly string[], output: Output): Promise<number> {
  const session: Session = { output, exitCode: EXIT.done };
  try {
    await program(session).parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    output.note(output.paint('red', printable(sentencesOf(error))));
    const isUsage = [UsageError, BatchInUse, NightInUse].some((kind) => error instanceof kind);
    return isUsage ? EXIT.usage : EXIT.failed;
  }
}

/** What happened and, where the error knows it, what to do now. */
function sentencesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const step =
    'nextStep' in error && typeof error.nextStep === 'string' ? ` ${error.nextStep}` : '';
  return `${error.message}${step}`;
}

function program(session: Session): Command {
  const { output } = session;
  const nightshift = new Command('nightshift')
    .description('Renders a folder of Blender shots overnight and never loses a frame.')
    .version(NIGHTSHIFT_VERSION)
    .addHelpText('after', '\nExample:\n  nightshift render shots -o /mnt/frames --report night.md');
  const commands = [
    renderCommand,
    queueCommand,
    followCommand,
    checkCommand,
    reportCommand,
    movieCommand,
    listCommand,
    clearCommand,
    blenderCommand,
    seatsCommand,
    exportCommand,
    tellCommand,
  ].map((make) => make(session));
  for (const command of commands) nightshift.addCommand(command);
  for (const command of [nightshift, ...commands, ...commands.flatMap((each) => each.commands)]) {
    command
      .exitOverride()
      .allowExcessArguments(false)
      .showHelpAfterError(`${wordsOf(command)} --help says more.`)
      .configureOutput({
        writeOut: (text) => output.line(text.trimEnd()),
        writeErr: (text) => output.note(text.trimEnd()),
        outputError: (text, write) => write(printable(sentence(text))),
      });
  }
  return nightshift;
}

/** `nightshift queue add` */
function wordsOf(command: Command): string {
  const { parent } = command;
  return parent ? `${wordsOf(parent)} ${command.name()}` : command.name();
}

/** Commander's `error: unknown command 'rendr'\n(Did you mean render?)` as people write. */
function sentence(text: string): string {
  const words = text
    .trim()
    .replace(/^error: /u, '')
    .replace(/\s*\n\((Did you mean .*\?)\)$/u, '. $1');
  const capital = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.?!]$/u.test(capital) ? capital : `${capital}.`;
}
