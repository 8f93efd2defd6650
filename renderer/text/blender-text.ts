import { assertNever } from '../../shared/assert-never.ts';
import {
  BLENDER_SOURCE_LABELS,
  type BlenderInstall,
  type BlenderInstalls,
  type SilentBlender,
} from '../../shared/blender-install.ts';
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

/**
 * Which Blender renders all shots, as the settings offer it: words by path; the empty path stands for none of them.
 * @param installs `null`: nobody has looked yet
 */
export function forAllChoices(
  path: string | null,
  installs: BlenderInstalls | null,
): Readonly<Record<string, string>> {
  if (installs === null) {
    // The environment may name one: nobody knows yet what counts where nothing is chosen.
    return path === null ? { '': LOOKING } : { '': 'None of them for all', [path]: path };
  }
  const { found, silent } = installs;
  const among = found.map((each) => {
    // It stands first already; here it is meant to stay when the variable goes.
    const title = each.source === 'variable' ? `Blender ${each.version}` : installTitle(each);
    const where = each.source === 'variable' ? ` (${each.path})` : '';
    return [each.path, `All by ${title}${where}`];
  });
  const choices = { '': unlessChosen({ found, silent }), ...Object.fromEntries(among) };
  if (path === null || path in choices) return choices;
  const isSilent = silent.some((each) => each.path === path);
  return { ...choices, [path]: `${path} (${isSilent ? 'does not answer' : 'not found'})` };
}

/** While nobody knows yet which Blenders there are. */
export const LOOKING = 'Looking for Blenders …';

/** Under that choice. */
export function forAllHint(path: string | null, installs: BlenderInstalls | null): string {
  const { found = [], silent = [] } = installs ?? {};
  if (path !== null) return 'Shots that a newer Blender saved are not rendered by an older one.';
  if ([...found, ...silent].some(isOfVariable)) {
    return 'The environment variable NIGHTSHIFT_BLENDER says so. What is chosen here goes before it.';
  }
  return found.length > 1
    ? 'Where that version is not here, the next newer one renders it and says so.'
    : '';
}

function unlessChosen({ found, silent }: Pick<BlenderInstalls, 'found' | 'silent'>): string {
  const named = found.find(isOfVariable);
  if (named) return `All by ${installTitle(named)}`;
  if (silent.some(isOfVariable))
    return 'All by the one of NIGHTSHIFT_BLENDER, which does not answer';
  return 'Each shot by the Blender that saved it';
}

function isOfVariable({ source }: Pick<BlenderInstall, 'source'>): boolean {
  return source === 'variable';
}

/** Why one does not answer, what it said last, and what to do. */
export function silentText({ path, failure }: SilentBlender): string {
  const { message, nextStep, evidence } = failure;
  // The first line is ours.
  const said = evidence.length > 1 ? evidence.at(-1) : undefined;
  // Its path stands above.
  const why = message.replace(path, () => 'this');
  return [why, said && `It said: ${said.replace(/\.$/, '')}.`, nextStep].filter(Boolean).join(' ');
}

/** One of the Blenders that shots can have. */
export interface BlenderPick {
  /** Such as `4.3.2`; `null`: none is chosen by hand. */
  readonly version: string | null;
  readonly title: string;
  readonly aside: string;
}

/**
 * What can be chosen for shots.
 * @param shot the only one; `null`: there are several, or nothing is known of it yet
 * @param found `null`: nobody has looked yet
 */
export function blenderPicks(
  shot: ShotBlender | null,
  isOne: boolean,
  found: readonly BlenderInstall[] | null,
): readonly BlenderPick[] {
  const savedBy = shot?.savedBy ?? null;
  // Of one version the first that is found is taken, whichever folder it is in.
  const versions = (found ?? []).filter(
    ({ version }, at, all) => all.findIndex((other) => other.version === version) === at,
  );
  const picks = versions.map((install) => ({
    version: install.version,
    title: installTitle(install),
    aside: isOlder(install.version, savedBy)
      ? `older than ${savedBy}, which saved it: parts may be lost`
      : '',
  }));
  const now = pickedNow(shot, found);
  const isMissing = now != null && !versions.some(({ version }) => version === now);
  // It may have come since somebody looked.
  const isUnknown = found === null || shot?.uses?.version === now;
  const missing = {
    version: now ?? null,
    title: `Blender ${now}${isUnknown ? '' : ' (not here)'}`,
    aside: '',
  };
  return [notByHand(shot, isOne), ...picks, ...(isMissing ? [missing] : [])];
}

/** What a shot has now: a version, or `null` where none is chosen by hand; `undefined`: nobody knows. */
export function pickedNow(
  shot: ShotBlender | null,
  found: readonly BlenderInstall[] | null,
): string | null | undefined {
  if (shot === null) return undefined;
  const { chosen, uses } = shot;
  // `4.3` is said of any 4.3.x: the one that it comes to.
  const is = (version: string) => version === chosen || version.startsWith(`${chosen}.`);
  if (chosen === null) return null;
  if (uses && is(uses.version)) return uses.version;
  return (found ?? []).find(({ version }) => is(version))?.version ?? chosen;
}

function notByHand(shot: ShotBlender | null, isOne: boolean): BlenderPick {
  const version = null;
  if (!isOne) {
    const aside = 'as its shot file or the settings say, else the one that saved it';
    return { version, title: 'For each shot the one that fits it', aside };
  }
  if (shot === null) return { version, title: 'The one that fits it', aside: '' };
  const { otherwise, reason, uses } = shot;
  const which = otherwise.version === null ? '' : ` (${otherwise.version})`;
  switch (otherwise.reason) {
    case 'shot-file':
      return { version, title: `As its shot file says${which}`, aside: '' };
    case 'for-all':
      return { version, title: `The one chosen for all${which}`, aside: '' };
    case 'saved': {
      const aside =
        reason === 'begun' ? `or ${uses?.version}, which began it` : 'or the next newer one';
      return { version, title: `The one that saved it${which}`, aside };
    }
    case 'newest':
      return { version, title: 'The newest here', aside: '' };
    default:
      return assertNever(otherwise.reason);
  }
}

function isOlder(version: string, savedBy: string | null): boolean {
  const [own, file] = [version, savedBy ?? '0'].map((text) => text.split('.').map(Number));
  const majors = (own?.[0] ?? 0) - (file?.[0] ?? 0);
  return majors < 0 || (majors === 0 && (own?.[1] ?? 0) < (file?.[1] ?? 0));
}

/** The question before shots go on that were begun by another Blender. */
export function othersText(shots: readonly BegunElsewhere[]): string {
  if (shots.length === 0) return '';
  const groups = [shots.filter(({ asked }) => !asked), shots.filter(({ asked }) => asked)];
  const begun = groups.filter((group) => group.length > 0).map((group) => begunText(group, shots));
  return `${begun.join(' ')} Frames of another version can look different.`;
}

function begunText(group: readonly BegunElsewhere[], all: readonly BegunElsewhere[]): string {
  const one = group.length === 1;
  const who = all.length === 1 ? 'This shot' : counted(group.length, 'shot');
  const versions = distinct(group.flatMap(({ begunBy }) => begunBy));
  const asked = nextVersions(group);
  const isMany = distinct(group.map(({ version }) => version)).length > 1;
  const why = group[0]?.asked
    ? `, and Blender ${asked} ${isMany ? 'are' : 'is'} chosen for ${one ? 'it' : 'them'} now`
    : `, which ${versions.length > 1 ? 'are' : 'is'} not on this computer any more`;
  return `${who} ${one ? 'was' : 'were'} begun with Blender ${listed(versions)}${why}.`;
}

/**
 * How shots that are left alone go on as they were begun.
 * @param here the versions on this computer
 */
export function leaveText(shots: readonly BegunElsewhere[], here: readonly string[]): string {
  const of = (some: readonly BegunElsewhere[]) => distinct(some.flatMap(({ begunBy }) => begunBy));
  const again = of(shots.filter(({ asked }) => asked));
  const gone = of(shots.filter(({ asked }) => !asked));
  const missing = distinct([...gone, ...again.filter((version) => !here.includes(version))]);
  const install = `Install Blender ${listed(missing)}`;
  const act =
    again.length === 0
      ? install
      : missing.length === 0
        ? `Choose Blender ${listed(again)} again`
        : `${install} and choose ${listed(again)} again`;
  return `${act}, then Retry goes on as if nothing had been.`;
}

/** The versions that would go on, such as `5.2.2`. */
export function nextVersions(shots: readonly BegunElsewhere[]): string {
  return listed(distinct(shots.map(({ version }) => version)));
}

/** Oldest first. */
function distinct(versions: readonly string[]): readonly string[] {
  return [...new Set(versions)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function listed(versions: readonly string[]): string {
  if (versions.length < 2) return versions.join('');
  return `${versions.slice(0, -1).join(', ')} and ${versions.at(-1)}`;
}
