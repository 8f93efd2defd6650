import { z } from 'zod';
import type { Frozen } from './frozen.ts';

// Scenes that Blender keeps from one frame to the next: what is known of it for a shot, and what is said of it.

/**
 * What may be kept of a scene between two frames. `auto`: kept where that pays and the pictures are proved the same;
 * `on`: always, and nothing is compared; `off`: each frame builds the scene anew.
 */
export const KEEP_SCENE = ['auto', 'on', 'off'] as const;
export type KeepScene = (typeof KEEP_SCENE)[number];

/** Why each further frame of a shot builds its scene anew. */
export const builtAnewSchema = z.discriminatedUnion('why', [
  /** Something in the scene that is known to come out wrong otherwise, such as `hair`. */
  z.object({ why: z.literal('scene'), what: z.string().min(1) }),
  /** This frame came out otherwise. */
  z.object({ why: z.literal('differs'), frame: z.int() }),
  /** It was tried, and saves nothing worth its checks. */
  z.object({ why: z.literal('no-gain') }),
  /** It takes more memory than there is for one Blender. */
  z.object({ why: z.literal('memory') }),
  /** Blender failed while it rendered this frame. */
  z.object({ why: z.literal('failed'), frame: z.int() }),
]);
export type BuiltAnew = Frozen<z.infer<typeof builtAnewSchema>>;

const timesSchema = z.object({ frames: z.int().nonnegative(), seconds: z.number() });
type Times = Frozen<z.infer<typeof timesSchema>>;

/** What is known of a shot whose scene was kept, or was to be. */
export const keptSceneSchema = z.object({
  /** `null`: it may be kept. */
  anew: builtAnewSchema.nullable(),
  /** Frames that were rendered both ways and came out the same, at most `MOST_CHECKED`, in the order of the checks. */
  checked: z.array(z.int()),
  /**
   * Frames that were rendered with a kept scene since one was compared last, in the order in which they were rendered;
   * `session`: which keeping that is.
   */
  unproved: z.array(z.object({ session: z.string(), frames: z.array(z.int()) })),
  /** Frames that were rendered with a kept scene. */
  kept: timesSchema,
  /** Frames that were compared, and what they took when the scene was built anew for them. */
  built: timesSchema,
});
export type KeptScene = Frozen<z.infer<typeof keptSceneSchema>>;

export const MOST_CHECKED = 50;

const NOTHING: KeptScene = {
  anew: null,
  checked: [],
  unproved: [],
  kept: { frames: 0, seconds: 0 },
  built: { frames: 0, seconds: 0 },
};

/** What a check came to: a frame was rendered both ways, and all pixels were compared. */
interface Check {
  readonly checked: number;
  readonly session: string;
  readonly same: boolean;
  /** What it took when its scene was built anew; not there: that failed. */
  readonly seconds?: number | undefined;
}

/** Whether frames wait for the check of the scene that was kept for them. */
export function hasUnproved({ keptScene }: { readonly keptScene?: KeptScene }): boolean {
  return keptScene !== undefined && keptScene.unproved.length > 0;
}

/**
 * What is known after a frame was rendered with a kept scene.
 * @param session `null`: nobody asks for a check
 * @param isLater whether another one was rendered after it, which has its name already
 */
export function withKeptFrame(
  known: KeptScene = NOTHING,
  frame: number,
  seconds: number,
  session: string | null,
  isLater: (other: number) => boolean,
): KeptScene {
  const kept = plus(known.kept, seconds);
  if (session === null) return { ...known, kept };
  const own = known.unproved.find((one) => one.session === session);
  const frames = own?.frames ?? [];
  const at = frames.findIndex(isLater);
  const more = { session, frames: frames.toSpliced(at === -1 ? frames.length : at, 0, frame) };
  const others = known.unproved.filter((one) => one !== own);
  return { ...known, kept, unproved: [...others, more] };
}

/**
 * What is known after a check: what its keeping has made until that frame stands. Where it came out otherwise, nothing does
 * that waited for one.
 */
export function afterCheck(known: KeptScene = NOTHING, check: Check): KeptScene {
  const { checked: frame, session, same, seconds } = check;
  const built = seconds === undefined ? known.built : plus(known.built, seconds);
  if (!same) return { ...known, built, unproved: [], anew: { why: 'differs', frame } };
  const checked = [...known.checked, frame].slice(-MOST_CHECKED);
  const unproved = known.unproved.flatMap((one) => {
    if (one.session !== session) return [one];
    const at = one.frames.indexOf(frame);
    const later = at === -1 ? [] : one.frames.slice(at + 1);
    return later.length === 0 ? [] : [{ session, frames: later }];
  });
  return { ...known, built, checked, unproved };
}

export function builtAnew(known: KeptScene = NOTHING, anew: BuiltAnew): KeptScene {
  return { ...known, anew };
}

/** What counts no more: these pictures are gone, or are rendered again. */
export function withoutUnproved(known: KeptScene, isGone: (frame: number) => boolean): KeptScene {
  if (!known.unproved.some(({ frames }) => frames.some(isGone))) return known;
  const unproved = known.unproved
    .map(({ session, frames }) => ({ session, frames: frames.filter((each) => !isGone(each)) }))
    .filter(({ frames }) => frames.length > 0);
  return { ...known, unproved };
}

/** All frames that wait for a check, in no order. */
export function unprovedFrames({
  keptScene,
}: {
  readonly keptScene?: KeptScene;
}): readonly number[] {
  return keptScene?.unproved.flatMap(({ frames }) => frames) ?? [];
}

/** A new run finds out anew what may have changed; that a frame came out otherwise stays. */
export function inNewRun(known: KeptScene): KeptScene {
  const isFound = known.anew?.why === 'differs' || known.anew?.why === 'failed';
  return isFound || known.anew === null ? known : { ...known, anew: null };
}

function plus({ frames, seconds }: Times, more: number): Times {
  return { frames: frames + 1, seconds: seconds + more };
}

/** Seconds of an average frame, kept and built anew, as they were measured; `null`: nothing was compared. */
export function keptTimes({ kept, built }: KeptScene): {
  readonly kept: number;
  readonly anew: number;
} | null {
  if (kept.frames === 0 || built.frames === 0) return null;
  return { kept: kept.seconds / kept.frames, anew: built.seconds / built.frames };
}
