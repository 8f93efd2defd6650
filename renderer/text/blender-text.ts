import { BLENDER_SOURCE_LABELS, type BlenderInstall } from '../../shared/blender-install.ts';
import type { BegunElsewhere, BlenderReason, ShotBlender } from '../../shared/shot-blender.ts';
import { counted } from './format.ts';

/** Such as `Blender 5.2.2 (Steam)`. */
export function installTitle({ version, source }: BlenderInstall): string {
  return `Blender ${version} (${BLENDER_SOURCE_LABELS[source]})`;
}

/** Which Blender renders a shot, such as `4.3.2`. */
export function shotBlenderText({ uses, failure }: ShotBlender): string {
  if (uses) return uses.version;
  return failure?.message ?? 'None';
}

/** Why it is that one. */
export function blenderReasonText({ savedBy, reason, uses }: ShotBlender): string {
  if (!uses) return savedBy === null ? '' : `saved by ${savedBy}`;
  return REASONS[reason](savedBy ?? '');
}

const REASONS: Readonly<Record<BlenderReason, (savedBy: string) => string>> = {
  chosen: () => 'chosen by hand',
  'shot-file': () => 'shot file',
  'for-all': () => 'chosen for all shots',
  saved: (savedBy) => `saved by ${savedBy}`,
  newer: (savedBy) => `saved by ${savedBy}, which is not here: the next newer one`,
  begun: () => 'rendered the frames that are there',
  newest: () => 'the newest here',
};

/** The question before shots go on that were begun by a Blender which is not here any more. */
export function othersText(shots: readonly BegunElsewhere[]): string {
  const [first] = shots;
  if (!first) return '';
  const versions = listed(shots.flatMap(({ begunBy }) => begunBy));
  const who = shots.length === 1 ? 'This shot was' : `${counted(shots.length, 'shot')} were`;
  return `${who} begun with Blender ${versions}, which is not on this computer any more. Frames of another version can look different.`;
}

/** The versions that would go on, such as `5.2.2`. */
export function nextVersions(shots: readonly BegunElsewhere[]): string {
  return listed(shots.map(({ version }) => version));
}

function listed(versions: readonly string[]): string {
  const distinct = [...new Set(versions)];
  if (distinct.length < 2) return distinct.join('');
  return `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)}`;
}
