import { setTimeout as delay } from 'node:timers/promises';
import { type Act, type Fault, fitting, type RunningScene, type Scene } from './faults/fault.ts';
import { FOLDER_FAULTS, RUNNING_FOLDER_FAULTS } from './faults/folder-faults.ts';
import { FRAME_FAULTS } from './faults/frame-faults.ts';
import { NIGHT_FAULTS } from './faults/night-faults.ts';
import { PROCESS_FAULTS } from './faults/process-faults.ts';
import { TOUCH_FAULTS } from './faults/source-faults.ts';
import { drawMisdeeds } from './faults/stand-in-faults.ts';
import {
  type Night,
  type NightEnd,
  type NightOptions,
  startNight,
  type Told,
  type Tools,
} from './night.ts';
import { findOrphans } from './orphans.ts';
import { signal } from './processes.ts';
import type { Random } from './random.ts';

/** Everything that a night of a round needs. */
export interface NightScene extends Scene {
  readonly tools: Tools;
  /** How long an undisturbed one takes. */
  readonly calmSeconds: number;
  /** Counts a fault that was done. */
  readonly count: (kind: string) => void;
  readonly note: (text: string) => void;
  /** Hears all that a night tells, besides the ledger. */
  readonly onTold?: (told: Told) => void;
  /** When a night counts as one that does not end, and how long its processes may take to go; there are defaults. */
  readonly longestMs?: number;
  readonly patienceMs?: number;
}

const LONGEST_MS = 120_000;

/** A night under random faults. */
export async function disturbedNight(scene: NightScene, random: Random): Promise<void> {
  const { world, calmSeconds } = scene;
  const options: Required<Pick<NightOptions, 'args'>> & NightOptions = {
    args: ['--workers', String(random.whole(1, 3)), '--frame-timeout', '3s'],
    ...drawNightFaults(scene, random),
  };
  if (world.scenario.blender === 'scripted') {
    const { kinds, rules } = drawMisdeeds(random);
    for (const kind of kinds) {
      scene.count(kind);
      scene.note(`   will: ${kind}`);
    }
    await world.steer(rules);
  }
  const planned = Array.from({ length: random.whole(1, 3) }, () => {
    const fault = random.weighted(fitting(RUNNING, scene));
    return { fault, act: fault.draw(random, world), ms: random.next() * calmSeconds * 1100 };
  });
  await watchedNight(scene, options, async (running) => {
    await Promise.all(planned.map((one) => inject(scene, running, one)));
  });
}

/** A night that nothing disturbs. */
export async function calmNight(scene: NightScene): Promise<NightEnd> {
  await scene.world.steer({});
  return watchedNight(scene, { args: ['--workers', '2'] }, async () => {});
}

const RUNNING: readonly Fault<RunningScene>[] = [
  ...PROCESS_FAULTS,
  ...FRAME_FAULTS,
  ...FOLDER_FAULTS,
  ...RUNNING_FOLDER_FAULTS,
  ...TOUCH_FAULTS,
];

/** Runs a night and what happens in it to their ends, and checks what must hold after it. */
export async function watchedNight(
  scene: NightScene,
  options: NightOptions,
  disturb: (running: RunningScene) => Promise<void>,
): Promise<NightEnd> {
  const { world, ledger, tools, note } = scene;
  await ledger.beginNight();
  const hear = (told: Told) => {
    ledger.told(told);
    scene.onTold?.(told);
  };
  const start = (): Night => startNight(world, tools, options, hear);
  const night = start();
  note(`night: process ${night.pid}, ${JSON.stringify(options)}`);
  const startSecond = async () => {
    const second = startNight(world, tools, { args: ['--workers', '1'] }, (told) =>
      ledger.told(told),
    );
    const { code } = await ended(scene, second);
    note(`   the second one ended with ${code}`);
  };
  const [end] = await Promise.all([ended(scene, night), disturb({ ...scene, night, startSecond })]);
  note(`   ended with ${end.code} after ${end.seconds.toFixed(2)} s ${lastWords(end)}`);
  for (const orphan of await findOrphans(world.folder, scene.patienceMs))
    ledger.violate('orphans', orphan);
  await ledger.endNight();
  return end;
}

/** The end of a night; one that doesn't end is a finding of its own. */
async function ended(scene: NightScene, night: Night): Promise<NightEnd> {
  const { longestMs = LONGEST_MS } = scene;
  const late = setTimeout(() => {
    scene.ledger.violate('not finished', `a night was still running after ${longestMs / 1000} s`);
    signal(night.pid, 'SIGKILL');
  }, longestMs);
  const end = await night.end;
  clearTimeout(late);
  return end;
}

export async function inject<S extends RunningScene>(
  scene: NightScene,
  running: S,
  {
    fault,
    act,
    ms,
  }: { readonly fault: Pick<Fault<S>, 'kind'>; readonly act: Act<S>; readonly ms: number },
): Promise<void> {
  await delay(ms, undefined, { signal: running.night.over }).catch(() => {});
  if (running.night.over.aborted) return;
  scene.note(`   ${fault.kind} …`);
  const done = await act(running).catch((error: Error) => {
    scene.note(`   ${fault.kind} could not be done: ${error.message}`);
    return null;
  });
  if (done === null) return;
  scene.count(fault.kind);
  scene.note(`   ${fault.kind}: ${done}`);
}

function drawNightFaults(scene: NightScene, random: Random): NightOptions {
  let options: NightOptions = {};
  for (const { kind, chance, draw } of NIGHT_FAULTS) {
    if (!random.chance(chance)) continue;
    options = { ...options, ...draw(random) };
    scene.count(kind);
  }
  return options;
}

function lastWords({ code, said }: NightEnd): string {
  return code === 0 || code === null ? '' : `(${said.trim().split('\n').slice(-3).join(' / ')})`;
}
