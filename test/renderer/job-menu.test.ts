import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerTrust } from '../../renderer/actions/batch-actions.ts';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import { jobMenu } from '../../renderer/table/job-menu.ts';
import { ariaKeys } from '../../renderer/ui/Menu.tsx';
import type { BatchPhase, BatchView } from '../../shared/view.ts';
import { aRow, aView } from './rows.ts';

let asked: [string, unknown][] = [];
const initial = { ui: useUi.getState(), batch: useBatch.getState() };

beforeEach(() => {
  asked = [];
  const call = async (name: string, payload: unknown) => {
    asked.push([name, payload]);
    return { ok: true, value: null };
  };
  Object.assign(globalThis, { window: { nightshift: { call } } });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
  useUi.setState(initial.ui, true);
  useBatch.setState(initial.batch, true);
});

const ROWS = [
  aRow({ id: 'w', status: 'waiting' }),
  aRow({ id: 'r', status: 'running' }),
  aRow({ id: 'f', status: 'failed' }),
];

function choose(ids: readonly string[], phase: BatchPhase, change: Partial<BatchView> = {}): void {
  useBatch.getState().show({ seq: 1, view: aView({ id: 'film', phase, ...change }), rows: ROWS });
  const active = ids[0] ?? null;
  useUi.setState({ selection: { ids: new Set(ids), active, anchor: active } });
}

/** What is offered and would do something. */
function offered(): readonly string[] {
  return jobMenu().flatMap((entry) => (entry === 'line' || entry.disabled ? [] : [entry.label]));
}

function press(label: string): void {
  const entry = jobMenu().find((each) => each !== 'line' && each.label === label);
  if (!entry || entry === 'line') throw new Error(`The menu has no ${label}.`);
  entry.onSelect();
}

describe('the menu of the shots', () => {
  it('offers for one shot what makes sense in its state', () => {
    choose(['w'], 'unread');
    expect(offered()).toEqual([
      ...[
        'Preview',
        'Inspect',
        'Show log',
        'Set-up',
        'Render only this shot',
        'Test pass…',
        'Cancel',
        'Leave out',
      ],
      ...['Render first', 'Move up', 'Move down'],
      ...['Raise priority', 'Lower priority', 'Blender…', 'Open in Blender', 'Show in folder'],
      'Copy command',
    ]);
    choose(['f'], 'failed');
    expect(offered()).toEqual([
      ...[
        'Preview',
        'Inspect',
        'Show log',
        'Set-up',
        'Test pass…',
        'Retry',
        'Leave out',
        'Blender…',
      ],
      ...['Open in Blender', 'Show in folder', 'Copy command'],
    ]);
  });

  it('says of several how many of them it would be done with', () => {
    choose(['w', 'r', 'f'], 'running');
    expect(offered()).toContain('Cancel 2 of 3 shots');
    expect(offered()).toContain('Retry 1 of 3 shots');
    expect(offered()).toContain('Render 2 of 3 shots first');
    expect(offered()).toContain('Blender of 3 shots…');
    choose(['w', 'r'], 'running');
    expect(offered()).toContain('Cancel 2 shots');
  });

  it('pauses the batch while it renders, and lets it go on when it is paused', () => {
    choose(['w'], 'running');
    press('Pause batch');
    choose(['w'], 'paused');
    press('Go on with batch');
    expect(asked.map(([name]) => name)).toEqual(['batch:pause', 'batch:unpause']);
  });

  it('renders only the chosen shots that wait', async () => {
    choose(['w', 'f'], 'unread');
    press('Render only 1 of 2 shots');
    const about = { batchId: 'film', jobIds: ['w'] };
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked).toEqual([
      ['batch:begun-elsewhere', about],
      ['jobs:render', about],
    ]);
  });

  it('asks about trust first, and then renders only those', async () => {
    choose(['w'], 'unread', { trust: 'ask' });
    press('Render only this shot');
    const { dialog } = useUi.getState();
    expect(dialog).toEqual({ kind: 'trust', thenRender: true, only: ['w'] });
    expect(asked).toEqual([]);
    const snapshot = { seq: 1, view: aView({ id: 'film' }), rows: ROWS };
    const call = async (name: string, payload: unknown) => {
      asked.push([name, payload]);
      return { ok: true, value: name === 'batch:trust' ? snapshot : null };
    };
    Object.assign(globalThis, { window: { nightshift: { call } } });
    await answerTrust(false, true, ['w']);
    expect(asked.at(-1)).toEqual(['jobs:render', { batchId: 'film', jobIds: ['w'] }]);
  });

  it('shows the folders of many and copies their commands with one call each', () => {
    choose(['w', 'f'], 'unread');
    press('Show in folder');
    press('Copy commands');
    const about = { batchId: 'film', jobIds: ['w', 'f'] };
    expect(asked).toEqual([
      ['jobs:reveal', about],
      ['jobs:commands', about],
    ]);
  });

  it('opens the log of the active shot', () => {
    choose(['f'], 'failed');
    press('Show log');
    expect(useUi.getState()).toMatchObject({ inspector: true, tab: 'Log' });
  });

  it('opens the set-up of the shots that are chosen', () => {
    choose(['w', 'f'], 'unread');
    press('Set-up of 2 shots');
    expect(useUi.getState()).toMatchObject({ inspector: true, tab: 'Set-up' });
  });
});

it('tells screen readers the keys as they spell them', () => {
  expect(ariaKeys('Ctrl+Shift+R')).toBe('Control+Shift+R');
  expect(ariaKeys('⌘Shift+R')).toBe('Meta+Shift+R');
  expect(ariaKeys('Alt+↑')).toBe('Alt+ArrowUp');
  expect(ariaKeys('Delete')).toBe('Delete');
});
