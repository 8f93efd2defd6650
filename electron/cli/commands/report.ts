import { Command } from 'commander';
import { dataDirectory, generateBatchReport, readResult } from '../../batch/index.ts';
import { UsageError } from '../exit-codes.ts';
import { findBatch } from '../find-batch.ts';
import { dataOption, path } from '../option-values.ts';
import { writeReportFile } from '../report-file.ts';
import type { Session } from '../session.ts';

export function reportCommand(session: Session): Command {
  return new Command('report')
    .description('Write the report of a batch, as Markdown')
    .argument('[batch]', 'its id, the beginning of it, or its shot folder; the newest by default')
    .option(
      '-o, --output <file>',
      'write to this file, with a folder of pictures beside it; the text alone on standard output by default',
      path,
    )
    .addOption(dataOption())
    .addHelpText(
      'after',
      '\nExample:\n  nightshift report shots -o night.md   # and night-pictures/',
    )
    .action(async (said: string | undefined, options: { output?: string; data?: string }) => {
      const batch = await findBatch(options.data ?? dataDirectory(), said ?? null);
      if (batch.problem) throw new UsageError(batch.problem);
      const result = await readResult(batch.directory);
      if (!options.output) return session.output.line(generateBatchReport(result).trimEnd());
      await writeReportFile(options.output, result, batch.directory).catch((error: Error) => {
        throw new UsageError(`The report can't be written to ${options.output}: ${error.message}.`);
      });
      session.output.note(`The report is ${options.output}.`);
    });
}
