import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  openBatch,
  openFolder,
  openLast,
  refetch,
  render,
  showShots,
} from '../../renderer/actions/batch-actions.ts';
import { connect } from '../../renderer/actions/connect.ts';
import { cancelJobs, followLog } from '../../renderer/actions/job-actions.ts';
import { leaveSoon, leaveWhenRead, notify } from '../../renderer/actions/ui-actions.ts';
import { useBatch, useDetail } from '../../renderer/store/batch-store.ts';
import { useLibrary } from '../../renderer/store/library-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import type { BatchSnapshot, BatchSummary } from '../../shared/view.ts';
import { aRow, aView } from './rows.ts';

type Answer = (payload: never) => unknown;

/** What the main process was asked, in order. */
let asked: [string, unknown][] = [];
let answers: Record<string, Answer> = {};

const call = async (name: string, payload: unknown) => {
  asked.push([name, payload]);
  return (await answers[name]?.(payload as never)) ?? { ok: true, value: null };
};
const snapshot = (id: string, change = {}): BatchSnapshot => ({
  seq: 1,
  view: aView({ id, ...change }),
  rows: [aRow()],
});
const initial = { ui: useUi.getState(), batch: useBatch.getState(), detail: useDetail.getState() };

beforeEach(() => {
  asked = [];
  answers = {};
  Object.assign(globalThis, { window: { nightshift: { call } } });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
  useUi.setState(initial.ui, true);
  useBatch.setState(initial.batch, true);
  useDetail.setState(initial.detail, true);
});

describe('opening folders', () => {
  it('shows the newest of two openings, whichever is answered last', async () => {
    let answerSlow: (answer: unknown) => void = () => {};
    const slow = new Promise((resolve) => {
      answerSlow = resolve;
    });
    answers['folder:open'] = ({ path }: { path: string }) =>
      path === '/slow' ? slow : { ok: true, value: snapshot('fast') };
    answers['batch:open'] = () => ({ ok: true, value: snapshot('fast') });
    const first = openFolder('/slow');
    await openFolder('/fast');
    answerSlow({ ok: true, value: snapshot('slow') });
    await first;
    expect(useBatch.getState().mirror?.view.id).toBe('fast');
    expect(asked.at(-1)).toEqual(['batch:open', { batchId: 'fast' }]);
  });

  it('shows an interrupted night as it was the last time while its folder is read', async () => {
    answers['batch:last'] = () => ({ ok: true, value: { ...snapshot('film'), remembered: true } });
    let answer: (answer: unknown) => void = () => {};
    const reading = new Promise((resolve) => {
      answer = resolve;
    });
    answers['batch:open'] = () => reading;
    const opened = openLast();
    await vi.waitFor(() => expect(useBatch.getState().mirror?.remembered).toBe(true));
    // Who looks at the shots already is not called back to the card.
    showShots();
    const update = { seq: 2, batchId: 'film', view: aView(), problems: null, rows: [] };
    expect(useBatch.getState().take(update)).toBe(true);
    expect(useBatch.getState().mirror?.seq).toBe(1);
    answer({ ok: true, value: { ...snapshot('film'), seq: 7 } });
    expect(await opened).toBe(true);
    expect(useBatch.getState().mirror).toMatchObject({ remembered: false, seq: 7 });
    expect(useUi.getState().cardClosed).toBe(true);
  });

  it('shows the batch that was asked for while the interrupted night is read, however long that takes', async () => {
    answers['batch:last'] = () => ({ ok: true, value: { ...snapshot('film'), remembered: true } });
    const answer = new Map<string, (answer: unknown) => void>();
    answers['batch:open'] = ({ batchId }: { readonly batchId: string }) =>
      new Promise((resolve) => answer.set(batchId, resolve));
    const opened = openLast();
    await vi.waitFor(() => expect(answer.has('film')).toBe(true));
    const other = openBatch('other');
    answer.get('film')?.({ ok: true, value: snapshot('film') });
    await new Promise((resolve) => setImmediate(resolve));
    answer.get('other')?.({ ok: true, value: snapshot('other') });
    await Promise.all([opened, other]);
    expect(useBatch.getState().mirror?.view.id).toBe('other');
  });

  it('shows nothing of a night any more that can not be opened, and says why', async () => {
    answers['batch:last'] = () => ({ ok: true, value: { ...snapshot('film'), remembered: true } });
    answers['batch:open'] = () => ({
      ok: false,
      error: { message: 'The folder is not there any more.', nextStep: null },
    });
    await openLast();
    expect(useBatch.getState().mirror).toBeNull();
    expect(useUi.getState().notices).toHaveLength(1);
  });

  it('says a refusal as a sentence with its next step', async () => {
    answers['folder:open'] = () => ({
      ok: false,
      error: { message: 'There is no such folder.', nextStep: 'Choose another.' },
    });
    await openFolder('/gone');
    expect(useUi.getState().notices.map((notice) => notice.text)).toEqual([
      'There is no such folder. Choose another.',
    ]);
  });

  it('says a sentence, and no stack trace, when the line to the main process is broken', async () => {
    answers['folder:open'] = () => {
      throw new Error('Error invoking remote method');
    };
    await openFolder('/x');
    expect(useUi.getState().notices[0]?.text).toMatch(/^The window could not reach/);
  });
});

describe('what went wrong', () => {
  const refuse = (message: string) => () => ({ ok: false, error: { message, nextStep: null } });
  const told = () => useUi.getState().notices.map(({ text }) => text);
  const pushed = new Map<string, (payload: never) => void>();
  let unplug = () => {};

  beforeEach(() => {
    vi.useFakeTimers();
    const on = (name: string, listener: (payload: never) => void) => {
      pushed.set(name, listener);
      return () => pushed.delete(name);
    };
    const localStorage = { getItem: () => null, setItem: () => undefined };
    Object.assign(globalThis, { window: { nightshift: { call, on }, localStorage } });
    unplug = connect();
  });
  afterEach(() => {
    unplug();
    vi.useRealTimers();
  });

  it('is told until somebody has been there to read it, and not for the rest of the week', () => {
    const there = new EventTarget();
    notify('The disk is full.', true);
    const [notice] = useUi.getState().notices;
    const stop = leaveWhenRead(notice?.id ?? 0, there);
    vi.advanceTimersByTime(10 * 3_600_000);
    expect(told()).toEqual(['The disk is full.']);
    there.dispatchEvent(new Event('pointermove'));
    vi.advanceTimersByTime(15_000);
    expect(told()).toEqual(['The disk is full.']);
    vi.advanceTimersByTime(10_000);
    expect(told()).toEqual([]);
    stop();
  });

  it('is told for a moment where it is what the artist has just done, and longer while it is pointed at', () => {
    notify('3 commands copied.');
    const id = useUi.getState().notices[0]?.id ?? 0;
    leaveSoon(id)();
    vi.advanceTimersByTime(60_000);
    expect(told()).toEqual(['3 commands copied.']);
    leaveSoon(id);
    vi.advanceTimersByTime(8000);
    expect(told()).toEqual([]);
  });

  it('goes when the same is done after all, or another refusal takes its place', async () => {
    answers['folder:open'] = refuse('There is no such folder.');
    await openFolder('/gone');
    answers['folder:open'] = refuse('This folder can’t be read.');
    await openFolder('/locked');
    expect(told()).toEqual(['This folder can’t be read.']);
    answers['folder:open'] = () => ({ ok: true, value: snapshot('film') });
    await openFolder('/film');
    expect(told()).toEqual([]);
  });

  it('goes when it is true no more: the batch that was in the way has ended', async () => {
    useBatch.getState().show(snapshot('film'));
    const batches = (phase: 'running' | 'completed') =>
      useLibrary.setState({ batches: [{ id: 'other', phase } as BatchSummary] });
    batches('running');
    answers['batch:render'] = refuse('“other” is rendering.');
    await render();
    expect(told()).toEqual(['“other” is rendering.']);
    batches('running');
    expect(told()).toHaveLength(1);
    batches('completed');
    expect(told()).toEqual([]);
  });

  it('goes when the batch renders again', () => {
    useBatch.getState().show(snapshot('film', { phase: 'interrupted' }));
    pushed.get('notice')?.('The run stopped: the disk is gone.' as never);
    vi.advanceTimersByTime(60_000);
    expect(told()).toHaveLength(1);
    const update = { seq: 2, batchId: 'film', problems: null, rows: [] };
    useBatch.getState().take({ ...update, view: aView({ id: 'film', phase: 'running' }) });
    expect(told()).toEqual([]);
  });
});

describe('rendering', () => {
  it('asks about trust before anything is rendered', async () => {
    useBatch.getState().show(snapshot('film', { trust: 'ask' }));
    await render();
    expect(useUi.getState().dialog).toEqual({ kind: 'trust', thenRender: true });
    expect(asked).toEqual([]);
  });

  it('goes on where it was paused instead of starting again', async () => {
    useBatch.getState().show(snapshot('film', { phase: 'paused' }));
    await render();
    expect(asked).toEqual([['batch:unpause', { batchId: 'film' }]]);
  });

  it('cancels only jobs that can still be cancelled', async () => {
    const rows = [aRow({ id: 'a', status: 'completed' }), aRow({ id: 'b', status: 'running' })];
    useBatch.getState().show({ ...snapshot('film'), rows });
    await cancelJobs(['a', 'b']);
    expect(asked).toEqual([['jobs:cancel', { batchId: 'film', jobIds: ['b'] }]]);
    await cancelJobs(['a']);
    expect(asked).toHaveLength(1);
  });
});

it('takes the batch as it is now after a lost update', async () => {
  useBatch.getState().show(snapshot('film'));
  const lost = { seq: 5, batchId: 'film', view: aView(), problems: null, rows: [] };
  expect(useBatch.getState().take(lost)).toBe(false);
  answers['batch:snapshot'] = () => ({ ok: true, value: { ...snapshot('film'), seq: 5 } });
  await refetch();
  expect(useBatch.getState().mirror?.seq).toBe(5);
});

it('does not lose log lines that were pushed before the first ones were answered', async () => {
  useBatch.getState().show(snapshot('film'));
  const line = (at: number) => ({ at, worker: 0, level: 'info' as const, text: `line ${at}` });
  answers['job:log'] = () => {
    useDetail.setState({ log: [line(2), line(3)] });
    return { ok: true, value: [line(1), line(2)] };
  };
  await followLog('000000000001');
  expect(useDetail.getState().log.map((each) => each.at)).toEqual([1, 2, 3]);
});
