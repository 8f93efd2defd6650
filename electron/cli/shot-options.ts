import type { Command } from 'commander';
import {
  allVersionsOption,
  blenderOption,
  collected,
  dataOption,
  outputOption,
  trustOption,
} from './option-values.ts';
import { isTrusted } from './shot-folder.ts';
import { hostOptions } from './where-options.ts';

/** The options of a command that opens the shots of a folder and renders nothing, as commander gives them. */
export interface ShotOptions {
  readonly output?: string;
  readonly only?: readonly string[];
  readonly allVersions?: boolean;
  readonly trust?: boolean;
  readonly data?: string;
  readonly factoryStartup?: boolean;
  readonly blender?: string;
  readonly launcher?: string;
}

/** Adds what says which shots are opened, and by which Blender. */
export function addShotOptions(command: Command): Command {
  command
    .addOption(outputOption())
    .option('--only <name>', 'only this shot; may be given several times', collected)
    .addOption(allVersionsOption())
    .addOption(trustOption())
    .addOption(blenderOption())
    .addOption(dataOption());
  for (const option of hostOptions()) command.addOption(option);
  return command;
}

/** How the shots of a folder are opened, for `checkBatch`. */
export async function openingOf(folder: string, options: ShotOptions) {
  return {
    trusted: await isTrusted(folder, options.trust),
    factoryStartup: options.factoryStartup === true,
    blenderPath: options.blender ?? null,
    launcher: options.launcher,
  };
}
