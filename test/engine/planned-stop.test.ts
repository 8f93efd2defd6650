import { expect, test, vi } from 'vitest';
import { stopAt } from '../../electron/engine/index.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { event, makeEngine } from './rig.ts';

const EIGHT = new Date('2026-11-27T08:00').getTime();

test('at its time running frames are finished, no new ones are started, and the batch can go on', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-6');
  const opened = await rig.file('opened', '');
  await rig.steer({ render: [{ frame: 3, until: `${rig.folder}/go` }, { until: opened }] });
  const watched = await rig.processor();
  const { processor, told } = watched;
  const clock = new ManualClock('2026-11-27T07:00');
  const third = watched.until(event('frame-started', 'hero', 3));
  const running = processor.processBatch();
  const atRest = new Promise<void>((resolve) =>
    stopAt(processor, { at: EIGHT, onRest: resolve }, clock),
  );
  await third;
  clock.passTo('2026-11-27T08:00');
  expect(processor.paused).toMatchObject({ reason: 'asked' });
  expect(processor.paused?.message).toContain('08:00');
  await rig.file('go', '');
  await atRest;
  expect(told('frame-done')).toEqual([1, 2, 3]);
  expect(told('frame-started')).toEqual([1, 2, 3]);

  processor.unpause();
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a time that comes before the first frame holds too', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const watched = await rig.processor();
  const clock = new ManualClock('2026-11-27T08:00');
  const running = watched.processor.processBatch();
  const onRest = vi.fn();
  stopAt(watched.processor, { at: EIGHT, onRest }, clock);
  // Before it takes any orders: it is told again.
  clock.pass(0);
  const told = watched.until(
    (signal) => signal.type === 'event' && signal.event.type === 'batch-paused',
  );
  watched.processor.subscribe(() => clock.pass(500));
  await told;
  await vi.waitFor(() => expect(onRest).toHaveBeenCalledOnce(), 20_000);
  await watched.processor.cancel();
  expect(await running).toMatchObject({ outcome: 'cancelled' });
});

test('a batch that has ended by then is left alone, and a stop that was called off as well', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const { processor } = await rig.processor();
  const clock = new ManualClock('2026-11-27T07:00');
  const onRest = vi.fn();
  stopAt(processor, { at: EIGHT, onRest }, clock);
  const callOff = stopAt(processor, { at: EIGHT, onRest }, clock);
  callOff();
  await processor.processBatch();
  clock.passTo('2026-11-27T09:00');
  expect(processor.paused).toBeNull();
  expect(onRest).not.toHaveBeenCalled();
  expect(clock.waiting).toBe(0);
});
