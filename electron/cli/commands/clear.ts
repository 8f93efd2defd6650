import { Command } from 'commander';
import { BatchCheckpoint, dataDirectory } from '../../batch/index.ts';
import { findBatch } from '../find-batch.ts';
import { dataOption } from '../option-values.ts';
import type { Session } from '../session.ts';

export function clearCommand(session: Session): Command {
  return new Command('clear')
    .description('Forget the checkpoint of a batch; its frames stay')
    .argument('<batch>', 'its id, the beginning of it, or its shot folder')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  nightshift clear shots')
    .action(async (said: string, options: { data?: string }) => {
      const batch = await findBatch(options.data ?? dataDirectory(), said);
      await new BatchCheckpoint(batch.directory).clear();
      session.output.note(
        `The checkpoint ${batch.id} is forgotten. The frames stay where they are.`,
      );
    });
}
