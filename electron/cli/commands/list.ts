import { Command } from 'commander';
import { partialText } from '../../../shared/partial-text.ts';
import { printable } from '../../../shared/printable.ts';
import { type CheckpointSummary, dataDirectory, listCheckpoints } from '../../batch/index.ts';
import { dataOption } from '../option-values.ts';
import type { Session } from '../session.ts';
import { textTable } from '../text-table.ts';

export function listCommand(session: Session): Command {
  return new Command('list')
    .description('Show the batches and their state, the newest first')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  nightshift list')
    .action(async (options: { data?: string }) => {
      const batches = await listCheckpoints(options.data ?? dataDirectory(), { looks: true });
      if (batches.length === 0) session.output.note('There is no batch yet.');
      else session.output.line(textTable(TITLES, batches.map(row)));
    });
}

const TITLES = ['BATCH', 'STATE', 'FRAMES', 'FAILED SHOTS', 'LAST CHANGE', 'FOLDER'];

function row(batch: CheckpointSummary): readonly string[] {
  const { frames, jobs, lastAt } = batch;
  return [
    batch.id,
    stateOf(batch),
    `${frames.done} of ${frames.total}`,
    String(jobs.failed),
    lastAt === null ? '–' : new Date(lastAt).toLocaleString('sv-SE'),
    printable(batch.problem ?? batch.folder ?? '–'),
  ];
}

function stateOf({ live, outcome, problem, jobs }: CheckpointSummary): string {
  if (live) return 'rendering';
  if (outcome === null) return problem ? 'unreadable' : 'not rendered';
  return outcome === 'partial' ? partialText(jobs) : outcome;
}
