import { Command, CommanderError } from 'commander';
import { printable } from '../../shared/safe-text.ts';
import { NIGHTSHIFT_VERSION } from '../engine/version.ts';
import { EXIT } from './exit-codes.ts';
import type { Output, Session } from './output.ts';

type MakeCommand = (session: Session) => Command;

/** Each command, loaded when it is asked for: a command line needs one of them, and waits for what it loads. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  render: async () => (await import('./commands/render.ts')).renderCommand,
  queue: async () => (await import('./commands/queue.ts')).queueCommand,
  follow: async () => (await import('./commands/follow.ts')).followCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  split: async () => (await import('./commands/split.ts')).splitCommand,
  report: async () => (await import('./commands/batches.ts')).reportCommand,
  movie: async () => (await import('./commands/movie.ts')).movieCommand,
  list: async () => (await import('./commands/batches.ts')).listCommand,
  clear: async () => (await import('./commands/batches.ts')).clearCommand,
  blender: async () => (await import('./commands/blender.ts')).blenderCommand,
  seats: async () => (await import('./commands/seats.ts')).seatsCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  tell: async () => (await import('./commands/tell.ts')).tellCommand,
};

/** Runs a command line (without node and script); resolves with the exit code, never rejects. */
export async function runCommandLine(args: readonly string[], output: Output): Promise<number> {
  const session: Session = { output, exitCode: EXIT.done };
  try {
    await program(session, await commandsFor(args, session)).parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    output.note(output.paint('red', printable(sentencesOf(error))));
    return error instanceof Error && USAGE.includes(error.name) ? EXIT.usage : EXIT.failed;
  }
}

const USAGE = ['UsageError', 'BatchInUse', 'NightInUse'];

/** What happened and, where the error knows it, what to do now. */
function sentencesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const step =
    'nextStep' in error && typeof error.nextStep === 'string' ? ` ${error.nextStep}` : '';
  return `${error.message}${step}`;
}

/** Said without any command. */
const VERSION = ['--version', '-V'];

/** The command that is asked for; all of them where that is none of ours: help names each, and a typing error is set right. */
async function commandsFor([first = '']: readonly string[], session: Session): Promise<Command[]> {
  if (VERSION.includes(first)) return [];
  const asked = Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
  const makes = await Promise.all(asked.map((name) => COMMANDS[name]?.()));
  return makes.flatMap((make) => (make ? [make(session)] : []));
}

function program(session: Session, commands: readonly Command[]): Command {
  const { output } = session;
  const nightshift = new Command('nightshift')
    .description('Renders a folder of Blender shots overnight and never loses a frame.')
    .version(NIGHTSHIFT_VERSION)
    .addHelpText('after', '\nExample:\n  nightshift render shots -o /mnt/frames --report night.md');
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
