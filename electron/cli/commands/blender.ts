import { Command } from 'commander';
import { printable } from '../../../shared/printable.ts';
import { findBlenders } from '../../batch/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { textTable } from '../text-table.ts';

export function blenderCommand(session: Session): Command {
  return new Command('blender')
    .description('Show the Blenders found on this machine, the one that is used first')
    .addHelpText('after', '\nExample:\n  nightshift blender')
    .action(async () => {
      const found = await findBlenders();
      if (found.length === 0) {
        session.output.note(
          'No Blender was found. Install it from blender.org, or name it with --blender PATH.',
        );
        session.exitCode = EXIT.failed;
        return;
      }
      const rows = found.map(({ version, path }) => [version, printable(path)]);
      session.output.line(textTable(['VERSION', 'PATH'], rows));
    });
}
