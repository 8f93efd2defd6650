import { Command, Option } from 'commander';
import { DEFAULT_CONFIG } from '../../../shared/batch.ts';
import {
  blenderOption,
  collected,
  count,
  dataOption,
  duration,
  existingOption,
  factoryOption,
  launcherOption,
  memory,
  otherBlenderOption,
  outputOption,
  path,
  timeOfDay,
  trustOption,
  whenDoneOption,
} from '../option-values.ts';
import type { Session } from '../output.ts';
import { render } from '../render.ts';
import type { RenderOptions } from '../render-settings.ts';

export function renderCommand(session: Session): Command {
  return new Command('render')
    .description('Render the shots of a folder; goes on where it stopped')
    .argument('<folder>', 'the folder that holds the shots')
    .addOption(outputOption())
    .option('--only <name>', 'only this shot; may be given several times', collected)
    .addOption(
      new Option('--workers <n>', 'Blenders at once; 0: chosen for this machine')
        .argParser(count(256))
        .default(DEFAULT_CONFIG.workers),
    )
    .option('--resume', 'go on from the checkpoint (this is the default)')
    .addOption(new Option('--fresh', 'forget the checkpoint first').conflicts('resume'))
    .addOption(existingOption())
    .option(
      '--memory <gb>',
      'GB that all workers may use together; what is free by default',
      memory,
    )
    .option('--timeout <time>', 'limit for a shot: seconds, or 90s, 20m, 2h', duration)
    .option('--frame-timeout <time>', 'limit for a frame: seconds, or 90s, 20m, 2h', duration)
    .addOption(
      new Option('--retries <n>', 'tries of a frame after the first')
        .argParser(count(100))
        .default(DEFAULT_CONFIG.maxRetries),
    )
    .option(
      '--stop-on-error',
      'stop at the first shot that fails; one that can not be read fails before the start',
    )
    .option('--start-at <time>', 'wait until then: a time of the day, such as 23:00', timeOfDay)
    .option(
      '--until <time>',
      'start no new frames from then on, such as 08:00; running ones are finished',
      timeOfDay,
    )
    .addOption(
      new Option(
        '--watch',
        'go on watching the folder: new shots join, changed ones are rendered again, until Ctrl+C',
      ).conflicts(['only', 'whenDone', 'fresh']),
    )
    .addOption(whenDoneOption())
    .addOption(trustOption())
    .addOption(factoryOption())
    .addOption(blenderOption())
    .addOption(launcherOption())
    .addOption(otherBlenderOption())
    .option(
      '--report <file>',
      'write a report (Markdown, pictures beside it) at the end, however it ends',
      path,
    )
    .addOption(dataOption())
    .option('--json', 'one event a line on standard output, as JSON')
    .addHelpText('after', HELP)
    .action(async (folder: string, options: RenderOptions) => {
      session.exitCode = await render(folder, options, session.output);
    });
}

const HELP = `
Ends with 0: every frame is done; 1: some shot failed; 2: wrong usage, or nothing to render;
130: interrupted, or stopped by --until; run the same command again to go on.

Examples:
  nightshift render shots -o /mnt/frames --report night.md
  nightshift render shots --only hero --only wide --timeout 2h --trust
  nightshift render shots --start-at 23:00 --until 08:00`;
