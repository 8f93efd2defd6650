import type { BlenderInfo } from '../../../shared/batch.ts';
import { compareVersions } from '../../../shared/blender-install.ts';
import { type Failure, failure } from '../../../shared/failure.ts';
import { namedFrames } from '../../../shared/frames.ts';
import type { OtherBlenderPolicy, ShotWarning } from '../../../shared/job.ts';
import { isNewerFile } from '../../blender/saved-by.ts';

/** What decides which Blender renders a shot. */
export interface ShotFacts {
  readonly name: string;
  /** The version that saved its .blend, such as `4.3`; `null`: it has none, or nobody can tell. */
  readonly savedBy: string | null;
  /** The version that the shot itself asks for, such as `4.3`, `4.5.1`; `null`: it says nothing. */
  readonly says: string | null;
  /** The versions that rendered its finished frames, and how many each. */
  readonly begunBy: ReadonlyMap<string, number>;
  /** The numbers of the frames that some of these versions rendered, for the sentence. */
  readonly framesBy?: (versions: readonly string[]) => readonly number[];
  readonly otherBlender: OtherBlenderPolicy;
}

/** The Blenders that there are. */
export interface Installs {
  /** Newest first. */
  readonly all: readonly BlenderInfo[];
  /** The one that is to render all shots that don't say otherwise; `null`: each gets the one that fits it. */
  readonly asked: BlenderInfo | null;
}

/** The Blender of a shot, or why there is none for it. */
export type BlenderChoice =
  | {
      readonly ok: true;
      readonly value: BlenderInfo;
      /** What the artist should know of it. */
      readonly warnings: readonly ShotWarning[];
      /** Its finished frames are of another Blender, and are to be rendered again. */
      readonly again: boolean;
    }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Chooses the Blender of a shot. The version that the shot asks for; else the one that was asked for all; else the
 * version that saved its .blend, else the next newer one. Never an older one than saved it unless the shot asks
 * for that. A shot that was begun goes on with the very version that rendered its frames; what becomes of it where
 * that one is not here, the artist decides.
 */
export function blenderFor(shot: ShotFacts, installs: Installs): BlenderChoice {
  const first = firstChoice(shot, installs);
  if (!first.ok || shot.begunBy.size === 0) return first;
  return goingOn(shot, first, installs);
}

/** Whether a shot gets a Blender that is what it asks for: that began it, else that saved its .blend. */
export function isFitting(choice: BlenderChoice, { begunBy, savedBy, says }: ShotFacts): boolean {
  if (!choice.ok) return false;
  const { version } = choice.value;
  if (begunBy.size > 0) return begunBy.has(version);
  return says !== null || savedBy === null || series(version) === savedBy;
}

/** The newest of the installs that are of a version, however exactly that is said. */
function installOf(version: string, installs: readonly BlenderInfo[]): BlenderInfo | undefined {
  return newest(
    installs.filter((one) => one.version === version || one.version.startsWith(`${version}.`)),
  );
}

type Chosen = Extract<BlenderChoice, { ok: true }>;

function firstChoice(shot: ShotFacts, { all, asked }: Installs): BlenderChoice {
  const { savedBy, says } = shot;
  if (says !== null) {
    const said = installOf(says, asked ? [asked, ...all] : all);
    if (!said) return { ok: false, failure: notHere(says, all) };
    const isOlder = savedBy !== null && isNewerFile(savedBy, said.version);
    return chosen(said, isOlder ? [olderAsAsked(savedBy, said.version)] : []);
  }
  if (asked) {
    const isOlder = savedBy !== null && isNewerFile(savedBy, asked.version);
    return isOlder
      ? { ok: false, failure: askedIsOlder(savedBy, asked.version) }
      : chosen(asked, []);
  }
  if (savedBy === null) {
    const best = newest(all);
    return best ? chosen(best, []) : { ok: false, failure: newerNeeded(savedBy, all) };
  }
  const same = installOf(savedBy, all);
  if (same) return chosen(same, []);
  const newer = all.filter(({ version }) => !isNewerFile(savedBy, version));
  const next = newer.reduce<BlenderInfo | null>((best, one) => nearer(one, best), null);
  if (!next) return { ok: false, failure: newerNeeded(savedBy, all) };
  return chosen(next, [newerInstead(savedBy, next.version)]);
}

/** What was begun by another version than the one that would be chosen now. */
function goingOn(shot: ShotFacts, first: Chosen, { all, asked }: Installs): BlenderChoice {
  const { begunBy, says, otherBlender } = shot;
  const { version } = first.value;
  if (begunBy.has(version)) return first;
  // Who asks for a Blender means that one: nobody looks for others behind his back.
  if (says === null && !asked) {
    const before = [...begunBy].sort((a, b) => b[1] - a[1]);
    for (const [begun] of before) {
      const same = all.find((one) => one.version === begun);
      if (same) return chosen(same, []);
    }
  }
  const begun = listed([...begunBy.keys()].sort(compareVersions));
  if ([...begunBy.keys()].every((one) => series(one) === series(version))) {
    return chosen(first.value, [...first.warnings, otherPatch(begun, version)]);
  }
  switch (otherBlender) {
    case 'again':
      return { ...first, again: true };
    case 'mix':
      return chosen(first.value, [...first.warnings, mixed(begun, version)]);
    case 'wait':
      return {
        ok: false,
        failure: otherBlenderNeeded(shot, version, says !== null || asked !== null),
      };
  }
}

function chosen(value: BlenderInfo, warnings: readonly ShotWarning[]): Chosen {
  return { ok: true, value, warnings, again: false };
}

function newest(installs: readonly BlenderInfo[]): BlenderInfo | undefined {
  return [...installs].sort((a, b) => compareVersions(b.version, a.version))[0];
}

/** The older of two series, and of one series its newest patch. */
function nearer(one: BlenderInfo, best: BlenderInfo | null): BlenderInfo {
  if (!best) return one;
  const order = compareVersions(one.version, best.version);
  const isNearer = series(one.version) === series(best.version) ? order > 0 : order < 0;
  return isNearer ? one : best;
}

/** `4.3` of `4.3.2`: within it files and pictures are meant to stay the same. */
function series(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function here(all: readonly BlenderInfo[]): string {
  const versions = listed([...new Set(all.map(({ version }) => version))]);
  return versions === '' ? 'none' : versions;
}

function listed(versions: readonly string[]): string {
  if (versions.length < 2) return versions.join('');
  return `${versions.slice(0, -1).join(', ')} and ${versions.at(-1)}`;
}

function notHere(says: string, all: readonly BlenderInfo[]): Failure {
  return failure(
    'blender-not-found',
    `This shot asks for Blender ${says}, which was not found on this computer (found: ${here(all)}).`,
    `Install Blender ${says}, or let the shot ask for another version, then retry.`,
  );
}

function askedIsOlder(savedBy: string, version: string): Failure {
  return failure(
    'newer-blender-needed',
    `Needs Blender ${savedBy} or newer, which saved its scene; ${version} was chosen for all shots, and would lose a part of it.`,
    `Choose Blender ${savedBy} or newer, or write \`blender: ${version}\` into the shot file to take the older one all the same.`,
  );
}

function newerNeeded(savedBy: string | null, all: readonly BlenderInfo[]): Failure {
  // A narrow row shows the beginning: it says what is needed.
  const said =
    savedBy === null
      ? 'No Blender is on this computer'
      : `Needs Blender ${savedBy} or newer, which saved its scene and is not on this computer`;
  return failure(
    savedBy === null ? 'blender-not-found' : 'newer-blender-needed',
    `${said} (found: ${here(all)}).`,
    `Install Blender${savedBy === null ? '' : ` ${savedBy} or newer`} from blender.org, then retry.`,
  );
}

function otherBlenderNeeded(shot: ShotFacts, version: string, isAsked: boolean): Failure {
  const { name, begunBy, says } = shot;
  const versions = [...begunBy.keys()].sort(compareVersions);
  const begun = listed(versions);
  const frames = shot.framesBy?.(versions) ?? [];
  const count = [...begunBy.values()].reduce((sum, each) => sum + each, 0);
  const which =
    frames.length > 0 ? namedFrames(frames) : count === 1 ? '1 frame' : `${count} frames`;
  const were = count === 1 ? 'was' : 'were';
  const are = versions.length === 1 ? 'is' : 'are';
  // A narrow row shows the beginning: it says what is wanted.
  const why = isAsked
    ? `Begun by Blender ${begun}, and now ${says ?? version} is asked for`
    : `Needs Blender ${begun}, which began it and ${are} not here any more`;
  const mend = isAsked ? `Let the shot have Blender ${begun} again` : `Install Blender ${begun}`;
  return failure(
    'other-blender',
    `${why}. ${which} of ${name} ${were} rendered by ${begun}, and ${version} may render the others differently.`,
    `${mend}, then retry. Or decide, as Retry asks in the window: render the whole shot again with ${version} (--other-blender again), or go on with it and mix (--other-blender mix).`,
  );
}

function newerInstead(savedBy: string, version: string): ShotWarning {
  return {
    cause: 'other-blender',
    message: `This scene was saved by Blender ${savedBy}, which is not here; it is rendered by ${version}, and may look different.`,
  };
}

function olderAsAsked(savedBy: string, version: string): ShotWarning {
  return {
    cause: 'newer-blender-needed',
    message: `This scene was saved by Blender ${savedBy} and is rendered by the older ${version}, as the shot asks: a part of it may be missing.`,
  };
}

function otherPatch(begun: string, version: string): ShotWarning {
  return {
    cause: 'other-blender',
    message: `Frames from before were rendered by Blender ${begun}, the others by ${version}, another release of the same version: compare one of each.`,
  };
}

function mixed(begun: string, version: string): ShotWarning {
  return {
    cause: 'other-blender',
    message: `Frames from before were rendered by Blender ${begun}, the others by ${version}, as was chosen: they may look different.`,
  };
}
