import {
  type AllocationRequest,
  type Cluster,
  isUsable,
  NotInCluster,
  wishesFor,
} from '../../shared/cluster.ts';
import { askedAllocation } from '../../shared/hosts.ts';
import type { Settings } from '../../shared/settings.ts';
import { counted, memory, roughDuration } from './format.ts';

/** What the settings ask of a cluster, in a sentence; `bad`: it can't be had. @param cluster `null`: none answers */
export function askedText(
  settings: Settings,
  cluster: Cluster | null,
): { readonly text: string; readonly bad: boolean } {
  if (cluster === null) return { text: 'The cluster does not answer now.', bad: true };
  try {
    const wishes = wishesFor(askedAllocation(settings) ?? {}, cluster);
    return { text: [wishesText(wishes), unusableText(cluster)].join(''), bad: false };
  } catch (error) {
    if (error instanceof NotInCluster) return { text: error.message, bad: true };
    throw error;
  }
}

/** `Up to 12 Blenders at once, each with 8 cores and 32 GB, for at most 4 h.` */
function wishesText({ nodes, cores, memoryMb, gpus, minutes }: AllocationRequest): string {
  const each = [
    ...(cores === null ? [] : [counted(cores, 'core')]),
    ...(memoryMb === null ? [] : [memory(memoryMb)]),
    ...(gpus === 0 ? [] : [counted(gpus, 'GPU')]),
  ];
  const last = each.pop();
  const parts = last === undefined ? '' : [each.join(', '), last].filter(Boolean).join(' and ');
  const has = parts === '' ? '' : `${nodes === 1 ? '' : ', each'} with ${parts}`;
  const time = minutes === null ? '' : `, for at most ${roughDuration(minutes * 60)}`;
  return `${nodes === 1 ? 'One Blender' : `Up to ${counted(nodes, 'Blender')}`} at once${has}${time}.`;
}

function unusableText({ nodes }: Cluster): string {
  const out = nodes.filter((node) => !isUsable(node)).map(({ name }) => name);
  if (out.length === 0) return '';
  const named = out.length <= MOST_NAMED ? ` (${out.join(', ')})` : '';
  return ` ${counted(out.length, 'node')} of ${nodes.length}${named} can’t be used now.`;
}

const MOST_NAMED = 3;

/** Partitions to choose among, by name; the empty one stands for the cluster's own choice. */
export function partitionChoices(
  chosen: string | null,
  cluster: Cluster | null,
): Readonly<Record<string, string>> {
  const known = cluster?.partitions ?? [];
  const usual = known.find(({ isDefault }) => isDefault);
  const among = known.map(({ name, nodes, timeLimit }) => {
    const most = timeLimit === 'infinite' ? '' : `, at most ${timeLimit}`;
    return [name, `${name} (${counted(nodes, 'node')}${most})`];
  });
  const choices = {
    '': usual ? `The cluster’s default, ${usual.name}` : 'The cluster’s default',
    ...Object.fromEntries(among),
  };
  if (chosen === null || chosen in choices) return choices;
  return { ...choices, [chosen]: `${chosen} (not in the cluster)` };
}
