import type { BatchResult } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import { inline, localTime, table, timeZone } from './escape.ts';

const OTHER_BLENDER = {
  wait: 'the shot waits',
  again: 'are rendered again',
  mix: 'stay, mixed with others',
} as const;

/** How the batch was run: folders, limits, Blender, machine, and when. */
export function settingsTable({ run, live }: Pick<BatchResult, 'run' | 'live'>): string {
  const { config, blender, machine } = run;
  const blenders = run.blenders ?? (blender ? [blender] : []);
  const limit = (seconds: number | null, none: string) =>
    seconds === null ? none : durationText(seconds);
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  const rows = [
    ['Shot folder', run.folder],
    ['Output folder', run.outputRoot],
    ['Blender', blenders.map(({ version, path }) => `${version} (${path})`).join('; ') || 'none'],
    ...(config.launcher === undefined ? [] : [['Started by', config.launcher]]),
    ['Frames of another Blender', OTHER_BLENDER[config.otherBlender]],
    ['Workers', `${run.workers}${config.workers === 0 ? ' (chosen by Nightshift)' : ''}`],
    ['Memory limit', config.memoryLimitMb === null ? 'what is free' : gib(config.memoryLimitMb)],
    ['Existing frames', config.existing],
    ['Goes on from the checkpoint', yes(config.resumeOnFailure)],
    ['Retries of a frame', String(config.maxRetries)],
    ['Time limit of a shot', limit(config.timeoutSeconds, 'none')],
    ['Time limit of a frame', limit(config.frameTimeoutSeconds, 'none, only when it stalls')],
    ['Goes on after a failure', yes(config.continueOnError)],
    ['Folder trusted', yes(config.trusted)],
    ['Factory settings', yes(config.factoryStartup)],
    [
      'Machine',
      `${platform(machine.platform)}, ${machine.cores} cores, ${gib(machine.memoryMb)} of memory`,
    ],
    ['Started', localTime(run.startedAt)],
    ['Ended', endText(run.finishedAt, live)],
    ['Times are in', timeZone(run.startedAt)],
    ['Batch', run.batchId],
    ['Nightshift', run.nightshift],
  ];
  const columns = [
    { title: 'Setting', align: 'left' },
    { title: 'Value', align: 'left' },
  ] as const;
  return table(
    columns,
    rows.map((row) => row.map(inline)),
  );
}

function endText(finishedAt: number | null, live: boolean): string {
  if (live) return 'still rendering';
  return finishedAt === null ? 'not known' : localTime(finishedAt);
}

/** `linux 6.1` is called `Linux 6.1`. */
function platform(name: string): string {
  const known = [
    ['linux', 'Linux'],
    ['darwin', 'macOS'],
    ['win32', 'Windows'],
  ] as const;
  const found = known.find(([node]) => name.startsWith(node));
  return found ? `${found[1]}${name.slice(found[0].length)}` : name;
}

function gib(memoryMb: number): string {
  return `${(memoryMb / 1024).toFixed(1)} GiB`;
}
