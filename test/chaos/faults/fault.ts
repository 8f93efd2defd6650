import type { Ledger } from '../ledger.ts';
import type { Night, NightOptions } from '../night.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/** What a fault may use. */
export interface Scene {
  readonly world: World;
  readonly ledger: Ledger;
  /** The disk of the output or of the checkpoint, if it is a small one of its own. */
  readonly smallDisk: string | null;
}

/** The same while a night runs. */
export interface RunningScene extends Scene {
  readonly night: Night;
  /** Starts another `nightshift` on the same batch; resolves when it is over. */
  readonly startSecond: () => Promise<void>;
}

/** Does it. Answers what was done, or `null` where there was nothing to do it to. */
export type Act<S> = (scene: S) => Promise<string | null>;

/** One kind of fault. Everything random about it is drawn before anything happens. */
export interface Fault<S extends Scene> {
  readonly kind: string;
  readonly weight: number;
  readonly fits?: (scene: Scene) => boolean;
  readonly draw: (random: Random, world: World) => Act<S>;
}

/** A fault of a whole night. */
export interface NightFault {
  readonly kind: string;
  readonly chance: number;
  readonly draw: (random: Random) => Pick<NightOptions, 'under' | 'clock'>;
}

/** The faults that can be had in a scene. */
export function fitting<S extends Scene>(
  faults: readonly Fault<S>[],
  scene: Scene,
): readonly Fault<S>[] {
  return faults.filter(({ fits }) => fits?.(scene) ?? true);
}
