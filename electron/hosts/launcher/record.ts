import { z } from 'zod';
import type { HostRecord } from '../host-record.ts';
import { behindLauncher, UnfinishedQuote, wordsOf } from './launcher.ts';

const commandSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    try {
      if (wordsOf(text).length > 0) return;
      context.addIssue('Expected a command, such as "nice -n 10".');
    } catch (error) {
      if (!(error instanceof UnfinishedQuote)) throw error;
      context.addIssue(error.message);
    }
  });

/** A command is put before each Blender. */
export const LAUNCHER: HostRecord = {
  id: 'launcher',
  cliOptions: [
    {
      flag: '--launcher <command>',
      key: 'launcher',
      kind: 'text',
      schema: commandSchema,
      help: 'a command that is put before each Blender, such as "nice -n 10", "systemd-run --user --scope" or "ssh host"; no shell sees it, and its end ends Blender',
    },
  ],
  isChosen: ({ launcher }) => launcher !== undefined,
  describe: ({ launcher }) => (launcher === undefined ? null : ['Started by', launcher]),
  values: ({ launcher }) => ({ launcher }),
  open: ({ launcher = '' }) => behindLauncher(launcher),
};
