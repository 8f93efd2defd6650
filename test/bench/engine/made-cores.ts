import { threadsFor } from '../../../electron/engine/capacity/cores.ts';
import {
  HELP_AFTER_SECONDS,
  START_SECONDS,
  STEADY,
  UNKNOWN_FRAME_SECONDS,
} from '../../../electron/engine/estimate/constants.ts';
import {
  bestWorkers,
  FrameTimesByThreads,
  firstWorkers,
  isUnlike,
  secondsWith,
  threadsToTheEnd,
} from '../../../electron/engine/estimate/pool-model.ts';

/** A shot whose frames cost what is said here, in seconds of one core. */
export interface MadeShot {
  readonly frames: number;
  readonly serial: number;
  readonly parallel: number;
  readonly openSeconds: number;
}

/** A night on a computer that is not there. */
export interface MadeNight {
  readonly cores: number;
  readonly shots: readonly MadeShot[];
  /** Blenders that fit into memory at once; not there: one a core. */
  readonly fit?: number;
}

/** What a night came to. */
export interface MadeEnd {
  readonly seconds: number;
  /** The most Blenders that were up at once, and how many were chosen at last. */
  readonly up: number;
  readonly chosen: number;
}

/**
 * Renders a night on made-up cores and by a clock that is not real: Blenders that come up, open scenes and render frames of known
 * serial and parallel parts. Who does what is decided as in a run: threads, first workers and their number by what the engine
 * itself asks, shots and help as `run/scheduler.ts` has it.
 * @param workers so many all night; 0: as the engine chooses
 */
export function madeNight(night: MadeNight, workers: number): MadeEnd {
  return new Computer(night, workers).render();
}

interface Lane {
  isUp: boolean;
  shot: Shot | null;
  /** Frames of the open scene that it has rendered. */
  frames: number;
  /** Until when it is at work; `null`: it waits. */
  until: number | null;
  doing: 'open' | 'render' | null;
  threads: number;
}

interface Shot extends MadeShot {
  waiting: number;
  helpFrom: number;
  readonly times: FrameTimesByThreads;
}

class Computer {
  readonly #night: MadeNight;
  readonly #isChosen: boolean;
  readonly #shots: readonly Shot[];
  readonly #most: number;
  readonly #lanes: readonly Lane[];
  #unbegun: number;
  #workers: number;
  #now = 0;
  readonly #wakes: number[] = [];
  #up = 0;

  constructor(night: MadeNight, workers: number) {
    const { cores, shots, fit = cores } = night;
    this.#night = night;
    this.#isChosen = workers === 0;
    this.#shots = shots.map((shot) => ({
      ...shot,
      waiting: shot.frames,
      helpFrom: 0,
      times: new FrameTimesByThreads(),
    }));
    this.#most = Math.min(cores, fit);
    const wanted = this.#isChosen ? firstWorkers(cores, shots.length) : workers;
    this.#workers = Math.min(wanted, this.#most);
    this.#unbegun = 0;
    this.#lanes = Array.from({ length: this.#isChosen ? this.#most : this.#workers }, () => ({
      ...{ isUp: false, shot: null, frames: 0, until: null, doing: null, threads: 0 },
    }));
  }

  render(): MadeEnd {
    for (;;) {
      for (const lane of this.#lanes) if (lane.until === null) this.#begin(lane);
      const next = this.#lanes.reduce<Lane | null>(
        (soonest, lane) =>
          lane.until !== null && (soonest === null || lane.until < (soonest.until ?? 0))
            ? lane
            : soonest,
        null,
      );
      if (next === null) break;
      const wake = this.#wakes[0] ?? Number.POSITIVE_INFINITY;
      if (wake < (next.until ?? 0)) {
        this.#now = wake;
        this.#wakes.shift();
        continue;
      }
      this.#now = next.until ?? 0;
      this.#end(next);
    }
    return { seconds: this.#now, up: this.#up, chosen: this.#workers };
  }

  /** Gives a lane something to do, if it may work and there is something. */
  #begin(lane: Lane): void {
    const busy = this.#lanes.filter(({ until }) => until !== null).length;
    if (busy >= this.#workers) return;
    const { openSeconds = 0 } = this.#work(lane) ?? {};
    if (lane.shot !== null && lane.shot.waiting > 0) {
      const { shot } = lane;
      shot.waiting -= 1;
      const others = this.#lanes.flatMap(({ threads }) => (threads > 0 ? [threads] : []));
      const { cores } = this.#night;
      const fair = threadsFor({ cores, sharing: this.#sharing(busy + 1), others });
      lane.threads = Math.max(fair, this.#toTheEnd(shot));
      const loads = lane.frames === 0 ? LOADS_SECONDS : 0;
      if (shot.waiting === shot.frames - 1 && this.#isChosen) {
        shot.helpFrom = this.#now + HELP_AFTER_SECONDS;
        this.#wakes.push(shot.helpFrom);
      }
      this.#does(lane, 'render', secondsWith(shot, lane.threads) + loads);
      return;
    }
    const shot = this.#work(lane);
    if (shot === null) return;
    // One that is up already goes first.
    const warm = this.#lanes.some((other) => other !== lane && other.isUp && other.until === null);
    if (!lane.isUp && warm && this.#isChosen) return;
    if (shot === this.#shots[this.#unbegun]) this.#unbegun += 1;
    const start = lane.isUp ? 0 : START_SECONDS;
    Object.assign(lane, { isUp: true, shot, frames: 0 });
    this.#up = Math.max(this.#up, this.#lanes.filter(({ isUp }) => isUp).length);
    this.#does(lane, 'open', start + openSeconds);
  }

  /** The shot that a lane would open; `null`: none. */
  #work(lane: Lane): Shot | null {
    if (lane.shot !== null && lane.shot.waiting > 0) return lane.shot;
    const fresh = this.#shots[this.#unbegun];
    if (fresh !== undefined) return fresh;
    let best: Shot | null = null;
    let most = 0;
    for (const shot of this.#shots) {
      const on = this.#lanes.filter((each) => each.shot === shot && each.until !== null);
      if (!on.some(({ doing }) => doing === 'render') || (!lane.isUp && shot.helpFrom > this.#now))
        continue;
      const opening = on.filter(({ doing }) => doing === 'open').length;
      if (shot.waiting <= opening) continue;
      const each = shot.times.seconds(Math.max(1, lane.threads)) ?? UNKNOWN_FRAME_SECONDS;
      const seconds = (shot.waiting * each) / Math.max(1, on.length);
      if (seconds <= 2 * shot.openSeconds || seconds <= most) continue;
      best = shot;
      most = seconds;
    }
    return best;
  }

  #toTheEnd({ times }: Shot): number {
    const { cost } = times;
    if (cost === null || !this.#isChosen) return 0;
    let others = 0;
    for (const { until, threads } of this.#lanes)
      if (until !== null) others += (until - this.#now) * threads;
    for (const shot of this.#shots) {
      const { serial, parallel } = shot.times.cost ?? cost;
      others += shot.waiting * (serial + parallel);
    }
    return Math.round(threadsToTheEnd(cost, this.#night.cores, others));
  }

  #sharing(busy: number): number {
    const waiting = this.#shots.reduce((sum, shot) => sum + shot.waiting, 0);
    return Math.max(busy, Math.min(this.#workers, busy + waiting));
  }

  #does(lane: Lane, doing: 'open' | 'render', seconds: number): void {
    lane.doing = doing;
    lane.until = this.#now + seconds;
  }

  #end(lane: Lane): void {
    const { doing, shot, threads } = lane;
    Object.assign(lane, { until: null, doing: null, threads: 0 });
    if (doing !== 'render' || shot === null) return;
    const loads = lane.frames === 0 ? LOADS_SECONDS : 0;
    const seconds = secondsWith(shot, threads) + loads;
    const cpuSeconds = shot.serial + shot.parallel + loads;
    if (!isUnlike(lane.frames, shot.frames, seconds)) {
      shot.times.note({ seconds, cpuSeconds, threads });
    }
    if (shot.times.cost) shot.helpFrom = 0;
    lane.frames += 1;
    if (this.#isChosen) this.#choose();
  }

  #choose(): void {
    const begun = this.#shots.slice(0, this.#unbegun).flatMap((shot) => {
      const on = this.#lanes.filter((each) => each.shot === shot && each.doing === 'render');
      const frames = shot.waiting + on.length;
      const { openSeconds, times } = shot;
      return [{ frames, inOrder: false, openSeconds, times }];
    });
    const rest = this.#shots.slice(this.#unbegun);
    const newest = begun.slice(-STEADY);
    this.#workers = bestWorkers({
      cores: this.#night.cores,
      most: this.#most,
      now: this.#workers,
      up: this.#lanes.filter(({ isUp }) => isUp).length,
      begun: begun.filter((shot) => shot.frames > 0 || (rest.length > 0 && newest.includes(shot))),
      unbegun: {
        shots: rest.length,
        frames: rest.reduce((sum, { frames }) => sum + frames, 0),
      },
    });
  }
}

/** What the first frame of a scene in a Blender takes more: it loads what the others share. */
const LOADS_SECONDS = 0.2;

/** A night, what it is called, and which share of the best it may take longer. */
export interface NamedNight extends MadeNight {
  readonly name: string;
  readonly mayLose: number;
}

/** Nights of every kind that the number of Blenders matters for. */
export const MADE_NIGHTS: readonly NamedNight[] = [8, 16, 32, 64].flatMap((cores) => {
  const shot = (frames: number, serial: number, parallel: number, openSeconds = 1): MadeShot => {
    return { frames, serial, parallel, openSeconds };
  };
  const times = (count: number, one: MadeShot) => Array.from({ length: count }, () => one);
  const nights: readonly Omit<NamedNight, 'cores'>[] = [
    { name: '40 light frames (0.02 s + 0.2 s)', shots: [shot(40, 0.02, 0.2)], mayLose: 0.05 },
    { name: '240 frames (2.1 s + 8 s)', shots: [shot(240, 2.1, 8, 3)], mayLose: 0.08 },
    {
      name: '240 frames mostly of one core (60 s + 60 s)',
      shots: [shot(240, 60, 60, 20)],
      mayLose: 0.14,
    },
    { name: '24 slow frames (2 s + 200 s)', shots: [shot(24, 2, 200, 5)], mayLose: 0.05 },
    {
      name: '20 shots of 24 frames (1 s + 10 s)',
      shots: times(20, shot(24, 1, 10, 3)),
      mayLose: 0.04,
    },
    { name: '100 stills (3 s + 100 s)', shots: times(100, shot(1, 3, 100, 3)), mayLose: 0.06 },
    {
      name: 'one long shot and ten short ones',
      shots: [...times(10, shot(3, 0.2, 1)), shot(60, 1, 20, 2)],
      mayLose: 0.16,
    },
    {
      name: '240 frames (2.1 s + 8 s), three Blenders in memory',
      shots: [shot(240, 2.1, 8, 3)],
      fit: 3,
      mayLose: 0.03,
    },
  ];
  return nights.map((night) => ({ ...night, cores }));
});
