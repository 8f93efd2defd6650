import { describe, expect, it, test } from 'vitest';
import {
  isLeftToCpu,
  lostGpuWarning,
  mayRunOn,
  outgrown,
  type Placed,
  type Side,
  sideOf,
  sideWarnings,
  staysOn,
  UNPLACED,
} from '../../electron/engine/capacity/gpus.ts';
import type { Device } from '../../shared/shot.ts';
import { jobWith, listing } from '../app/jobs.ts';

const [BIG, SMALL] = ['big', 'small'].map((id) => ({ kind: 'OPTIX', id, name: id, on: true }));
type Gpu = NonNullable<typeof BIG>;
const [big, small] = [BIG as Gpu, SMALL as Gpu];
const BOTH = { known: [big, small], inUse: [big, small] };
const NONE_LEFT = { known: [big, small], inUse: [] };
const NOT_ASKED = { known: [], inUse: null };

describe('sideOf', () => {
  test.each<[Device | null, Partial<Placed>, typeof BOTH | typeof NOT_ASKED, Side]>([
    ['gpu', {}, BOTH, 'gpu'],
    ['gpu', {}, NOT_ASKED, 'gpu'],
    ['gpu', {}, NONE_LEFT, 'cpu'],
    ['cpu', {}, BOTH, 'cpu'],
    [null, {}, BOTH, 'cpu'],
    [null, { wants: 'gpu' }, BOTH, 'gpu'],
    ['gpu', { wants: 'cpu' }, BOTH, 'cpu'],
    ['gpu-or-cpu', { tooSmall: ['big'] }, BOTH, 'gpu'],
    ['gpu-or-cpu', { tooSmall: ['big', 'small'] }, BOTH, 'cpu'],
    ['gpu', { tooSmall: ['big', 'small'] }, BOTH, 'gpu'],
  ])('device %s, found %o', (device, placed, gpus, side) => {
    expect(sideOf(shot(device), { ...UNPLACED, ...placed }, gpus)).toBe(side);
  });
});

describe('mayRunOn', () => {
  it('gives a job to the lanes of its side, and not to a GPU that has too little memory for it', () => {
    const placed = { ...UNPLACED, tooSmall: ['small'] };
    const lanes = [null, big, small];
    expect(lanes.map((gpu) => mayRunOn(gpu, shot('gpu'), UNPLACED, BOTH))).toEqual([
      false,
      true,
      true,
    ]);
    expect(lanes.map((gpu) => mayRunOn(gpu, shot('gpu'), placed, BOTH))).toEqual([
      false,
      true,
      false,
    ]);
    expect(lanes.map((gpu) => mayRunOn(gpu, shot('cpu'), placed, BOTH))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('gives one that no GPU has the memory for to any of them, to be given up', () => {
    const placed = { ...UNPLACED, tooSmall: ['small', 'big'] };
    expect(mayRunOn(big, shot('gpu'), placed, BOTH)).toBe(true);
  });
});

describe('outgrown', () => {
  it('goes on with the other GPUs, and says so once', () => {
    const placed = outgrown(small, shot('gpu'), UNPLACED, BOTH);
    expect(placed?.tooSmall).toEqual(['small']);
    expect(placed?.warnings[0]?.message).toMatch(/^The shot is rendered without .*small/);
    expect(outgrown(small, shot('gpu'), placed as Placed, BOTH)).toBe(placed);
  });

  it('ends with the last GPU, unless the CPU may go on', () => {
    const placed = { ...UNPLACED, tooSmall: ['small'] };
    expect(outgrown(big, shot('gpu'), placed, BOTH)).toBeNull();
    const onCpu = outgrown(big, shot('gpu-or-cpu'), placed, BOTH) as Placed;
    expect(onCpu.warnings.at(-1)?.message).toContain('rendered on the CPU');
    expect(isLeftToCpu(shot('gpu-or-cpu'), onCpu, BOTH)).toBe(true);
  });
});

it('a scene stays where its side is, and before the GPUs are known where it wants to be', () => {
  const wants = (side: Side) => ({ ...UNPLACED, wants: side });
  expect(staysOn('cpu', shot(null), wants('gpu'), NOT_ASKED)).toBe(false);
  expect(staysOn('cpu', shot(null), wants('gpu'), NONE_LEFT)).toBe(true);
  expect(staysOn('gpu', shot(null), wants('gpu'), BOTH)).toBe(true);
});

it('tells of a shot that is left to the CPU, and of what was told before instead', () => {
  const [told] = sideWarnings(shot('gpu-or-cpu'), UNPLACED, NONE_LEFT);
  expect(told?.message).toBe('The shot is rendered on the CPU, because no GPU is left.');
  const warnings = [lostGpuWarning(big, 0)];
  expect(sideWarnings(shot('gpu-or-cpu'), { ...UNPLACED, warnings }, NONE_LEFT)).toBe(warnings);
  expect(sideWarnings(shot('gpu'), UNPLACED, NONE_LEFT)).toEqual([]);
});

function shot(device: Device | null) {
  const shotConfig = listing(null);
  return jobWith([], { shotConfig: { ...shotConfig, render: { ...shotConfig.render, device } } });
}
