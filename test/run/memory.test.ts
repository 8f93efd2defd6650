import { expect, onTestFinished, test, vi } from 'vitest';
import type { Gpus } from '../../electron/engine/capacity/gpus.ts';
import { missingRoom } from '../../electron/engine/capacity/memory.ts';
import type { Worker } from '../../electron/engine/lane/worker.ts';
import { WorkerPool } from '../../electron/engine/run/worker-pool.ts';

test('a scene that is being opened counts as large as the largest so far', async () => {
  const pool = new WorkerPool(3);
  const largestMb = 4000;
  const memory = [
    { usedMb: 4000, largestMb },
    { usedMb: 0, largestMb: 0 },
    { usedMb: 0, largestMb: 0 },
  ];
  const make = (number: number) =>
    ({
      number,
      memory: memory[number - 1],
      gone: Promise.resolve(),
      work: async () => {},
    }) as unknown as Worker;
  const onGone = vi.fn();
  await pool.work({ known: [] } as unknown as Gpus, make, { onBroken: () => {}, onGone });
  onTestFinished(() => expect(onGone).toHaveBeenCalledTimes(3));

  const room = (worker: number) => {
    const { usedMb, reservedMb } = pool.memoryBeside(worker);
    return missingRoom(2, largestMb, usedMb, 10_000, reservedMb, 16_000 - usedMb - reservedMb);
  };
  pool.occupy(1, 'a');
  expect(room(2)).toBeNull();
  pool.occupy(2, 'b');
  pool.reserve(2, largestMb);
  expect(room(3)).toEqual({ needMb: largestMb, freeMb: 2000 });
  // It turns out that the scene does not fit, or it is open and measured.
  pool.occupy(2, null);
  expect(room(3)).toBeNull();
});
