import type { Stretch, UseSpan } from '../../../shared/charts/night-charts.ts';

interface Bin {
  busyMs: number;
  /** The shot that took most of it, and how much. */
  shot: number;
  shotMs: number;
  failed: number;
}

/** What one worker was at, in bins that all have the same width. The caller keeps the width, and their number small. */
export class LaneBins {
  #bins: Bin[] = [];

  /** Busy with a shot from one moment of the night to another. */
  add(from: number, to: number, shot: number, binMs: number): void {
    for (let index = Math.floor(from / binMs); index * binMs < to; index++) {
      const ms = Math.min(to, (index + 1) * binMs) - Math.max(from, index * binMs);
      const bin = this.#at(index);
      bin.busyMs += ms;
      if (bin.shot === shot) bin.shotMs += ms;
      else if (ms > bin.shotMs) Object.assign(bin, { shot, shotMs: ms });
    }
  }

  fail(at: number, binMs: number): void {
    this.#at(Math.floor(at / binMs)).failed += 1;
  }

  /** Half as many bins, twice as wide. */
  halve(): void {
    this.#bins = Array.from({ length: Math.ceil(this.#bins.length / 2) }, (_, index) => {
      const [a, b] = [this.#at(2 * index), this.#at(2 * index + 1)];
      const most = a.shotMs >= b.shotMs ? a : b;
      const shotMs = a.shot === b.shot ? a.shotMs + b.shotMs : most.shotMs;
      const { shot } = most;
      return { busyMs: a.busyMs + b.busyMs, shot, shotMs, failed: a.failed + b.failed };
    });
  }

  /** Neighbours with the same shot and share as one. @param endMs of the night, which the last bin does not pass */
  spans(binMs: number, endMs: number): readonly UseSpan[] {
    const spans: UseSpan[] = [];
    for (const [index, { busyMs, shot }] of this.#bins.entries()) {
      const from = index * binMs;
      const to = Math.min(endMs, from + binMs);
      if (busyMs <= 0 || to <= from) continue;
      const share = Math.min(1, Math.max(1, Math.round((4 * busyMs) / (to - from))) / 4);
      const last = spans.at(-1);
      const goesOn = last?.to === from && last.shot === shot && last.share === share;
      if (goesOn) spans[spans.length - 1] = { ...last, to };
      else spans.push({ from, to, shot, share });
    }
    return spans;
  }

  /** The middles of the bins in which a try failed. */
  failures(binMs: number, endMs: number): readonly number[] {
    return this.#bins.flatMap(({ failed }, index) =>
      failed > 0 ? [Math.min(endMs, (index + 0.5) * binMs)] : [],
    );
  }

  #at(index: number): Bin {
    for (let next = this.#bins.length; next <= index; next++) {
      this.#bins.push({ busyMs: 0, shot: -1, shotMs: 0, failed: 0 });
    }
    return this.#bins[index] as Bin;
  }
}

/** Spans of whatever shot as stretches of time. */
export function joined(spans: readonly UseSpan[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { from, to } of spans) {
    const last = stretches.at(-1);
    if (last?.to === from) stretches[stretches.length - 1] = { from: last.from, to };
    else stretches.push({ from, to });
  }
  return stretches;
}
