import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { possibleCommands, runCommand } from '../../renderer/actions/commands.ts';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import type { BatchPhase } from '../../shared/view.ts';
import { aRow, aView } from './rows.ts';

let asked: string[] = [];
const ui = useUi.getState();
const batch = useBatch.getState();

beforeEach(() => {
  asked = [];
  const call = async (name: string) => {
    asked.push(name);
    return { ok: true, value: null };
  };
  Object.assign(globalThis, { window: { nightshift: { call } } });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
  useUi.setState(ui, true);
  useBatch.setState(batch, true);
});

function show(phase: BatchPhase): void {
  useBatch.getState().show({ seq: 1, view: aView({ phase }), rows: [aRow()] });
}

it.each([
  ['unread', ['batch:begun-elsewhere', 'batch:render']],
  ['interrupted', ['batch:begun-elsewhere', 'batch:render']],
  ['cancelled', ['batch:begun-elsewhere', 'batch:render']],
  ['paused', ['batch:unpause']],
] as const)('renders a batch that is %s by %s', async (phase, calls) => {
  show(phase);
  runCommand('render');
  await vi.waitFor(() => expect(asked).toEqual(calls));
});

it('does not start what already renders', () => {
  show('running');
  runCommand('render');
  expect(asked).toEqual([]);
});

it('pauses what renders, and goes on with the same key', () => {
  show('running');
  runCommand('pause');
  show('paused');
  runCommand('pause');
  expect(asked).toEqual(['batch:pause', 'batch:unpause']);
});

it('asks before it cancels a batch, and only one that renders', () => {
  show('completed');
  runCommand('cancel');
  expect(useUi.getState().dialog).toBeNull();
  show('running');
  runCommand('cancel');
  expect(useUi.getState().dialog).toEqual({ kind: 'cancel-batch' });
  expect(asked).toEqual([]);
});

it('does nothing behind an open question', () => {
  show('unread');
  useUi.setState({ dialog: { kind: 'settings' } });
  runCommand('render');
  expect(asked).toEqual([]);
});

it('does nothing to a batch where none is open', () => {
  runCommand('render');
  runCommand('export-report');
  expect(asked).toEqual([]);
  runCommand('open-folder');
  expect(asked).toEqual(['folder:choose']);
});

it.each([
  ['unread', ['render', 'test-pass', 'find']],
  ['running', ['test-pass', 'pause', 'cancel', 'find', 'export-report', 'copy-report', 'nights']],
  [
    'paused',
    ['render', 'test-pass', 'pause', 'cancel', 'find', 'export-report', 'copy-report', 'nights'],
  ],
] as const)('offers of a batch that is %s only what has an effect', (phase, offered) => {
  expect(possibleCommands()).toEqual(ALWAYS);
  show(phase);
  expect(new Set(possibleCommands())).toEqual(new Set([...ALWAYS, ...offered]));
  useUi.setState({ dialog: { kind: 'shortcuts' } });
  expect(possibleCommands()).toEqual([]);
});

it('offers turns and tries for the selected shots only', () => {
  show('running');
  const turns = ['render-first', 'raise-priority', 'lower-priority'];
  expect(possibleCommands()).not.toEqual(expect.arrayContaining(turns));
  const { selection } = useUi.getState();
  useUi.setState({ selection: { ...selection, ids: new Set([aRow().id]) } });
  expect(possibleCommands()).toEqual(expect.arrayContaining(turns));
  expect(possibleCommands()).not.toContain('retry');
});

const ALWAYS = ['open-folder', 'open-samples', 'settings', 'shortcuts', 'updates'];
