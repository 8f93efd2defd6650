import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calmNight, disturbedNight, type NightScene } from './disturbed-night.ts';
import { type Fault, fitting, type Scene } from './faults/fault.ts';
import { FOLDER_FAULTS } from './faults/folder-faults.ts';
import { FRAME_FAULTS } from './faults/frame-faults.ts';
import { JOURNAL_FAULTS } from './faults/journal-faults.ts';
import { SOURCE_FAULTS, TOUCH_FAULTS } from './faults/source-faults.ts';
import { allFiles } from './files.ts';
import { Ledger, type Tally } from './ledger.ts';
import type { Tools } from './night.ts';
import { type Random, randomOf } from './random.ts';
import type { Reference } from './reference.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import type { Violation } from './violations.ts';
import { watchOutput } from './watcher.ts';
import { makeWorld, type World } from './world.ts';

/** What came of one batch. */
export interface Round {
  readonly seed: number;
  readonly scenario: string;
  readonly nights: number;
  readonly tally: Tally;
  readonly faults: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
  readonly timeline: readonly string[];
  /** Where everything was left, if something must not have been. */
  readonly kept: string | null;
}

/** One batch: nights under faults, then an undisturbed one, then the comparison. All of it by its seed. */
export async function playRound(
  seed: number,
  references: readonly Reference[],
  tools: Tools,
): Promise<Round> {
  const random = randomOf(seed);
  const reference = random.pick(references);
  const smallDisk = (world: World) => drawSmallDisk(random, world);
  return inWorld({ seed, reference, tools, smallDisk }, async (scene) => {
    let nights = 0;
    for (const disturbed = random.whole(2, 5); nights < disturbed; nights += 1) {
      if (nights > 0) await between(scene, random);
      await disturbedNight(scene, random);
    }
    if (random.chance(0.5)) await between(scene, random);
    return nights + (await toTheEnd(scene, random));
  });
}

/** What one batch is played with. */
interface Setting {
  readonly seed: number;
  readonly reference: Reference;
  readonly tools: Tools;
  readonly smallDisk?: (world: World) => Promise<SmallDisk | null>;
}

/**
 * Plays one batch in folders of its own, with everything that keeps watch over it. They stay where something must not
 * have been.
 * @param play resolves with the number of nights
 */
export async function inWorld(
  { seed, reference, tools, smallDisk }: Setting,
  play: (scene: NightScene) => Promise<number>,
): Promise<Round> {
  const world = await makeWorld(reference.scenario);
  const small = (await smallDisk?.(world)) ?? null;
  const began = performance.now();
  const timeline: string[] = [];
  const note = (text: string) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(3);
    if (timeline.length < 5000) timeline.push(`${seconds.padStart(8)} ${text}`);
  };
  const faults = new Map<string, number>();
  const count = (kind: string) => faults.set(kind, (faults.get(kind) ?? 0) + 1);
  const ledger = new Ledger(world, reference, note);
  const calmSeconds = reference.seconds;
  const folder = small?.folder ?? null;
  const scene: NightScene = { world, ledger, smallDisk: folder, tools, calmSeconds, count, note };
  const watcher = watchOutput(world.out, ledger);
  let nights = 0;
  try {
    nights = await play(scene);
    await watcher.end();
  } finally {
    await watcher.end();
    if (ledger.violations.length === 0) {
      await small?.unmount();
      await world.remove();
    } else {
      await small?.keepFiles();
      await writeFile(join(world.folder, 'timeline.txt'), `seed ${seed}\n${timeline.join('\n')}\n`);
    }
  }
  const { violations, tally } = ledger;
  const kept = violations.length > 0 ? world.folder : null;
  const scenario = reference.scenario.name;
  return { seed, scenario, nights, tally, faults, violations, timeline, kept };
}

const BETWEEN: readonly Fault<Scene>[] = [
  ...JOURNAL_FAULTS.map((fault) => ({ ...fault, weight: 2 })),
  ...FRAME_FAULTS,
  ...FOLDER_FAULTS,
  ...TOUCH_FAULTS,
  ...SOURCE_FAULTS,
];

/** What happens while nothing runs. */
async function between(scene: NightScene, random: Random): Promise<void> {
  for (let left = random.whole(0, 2); left > 0; left -= 1) {
    const fault = random.weighted(fitting(BETWEEN, scene));
    const done = await fault.draw(random, scene.world)(scene);
    if (done === null) continue;
    scene.count(fault.kind);
    scene.note(`between nights: ${fault.kind}: ${done}`);
  }
}

/** The undisturbed night that has to bring everything; now and then one more, which has nothing to do. */
async function toTheEnd(scene: NightScene, random: Random): Promise<number> {
  const { ledger, world } = scene;
  const { code } = await calmNight(scene);
  if (code !== 0) ledger.violate('not finished', `the undisturbed night ended with ${code}`);
  await ledger.finish();
  for (const file of await allFiles(world.out)) {
    if (file.includes('.nightshift/')) ledger.violate('left over', file);
  }
  if (!random.chance(0.2)) return 1;
  await calmNight(scene);
  return 2;
}

/** Now and then the output or the checkpoint lies on a small disk of its own. */
async function drawSmallDisk(random: Random, world: World) {
  if (!random.chance(0.3)) return null;
  const isOutput = random.chance(0.6);
  const folder = isOutput ? world.out : world.data;
  return mountSmallDisk(folder, isOutput ? 4 : 64);
}
