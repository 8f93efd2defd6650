import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { menuTemplate } from '../../electron/app/desktop/menu.ts';
import { endWords, taskbarOf } from '../../electron/app/night/desktop-status.ts';
import type { BatchResult } from '../../shared/batch.ts';
import { MENU_COMMANDS } from '../../shared/ipc.ts';

function items(platform: NodeJS.Platform, send = vi.fn()): MenuItemConstructorOptions[] {
  return menuTemplate({ platform, development: false, send }).flatMap(
    ({ submenu }) => submenu as MenuItemConstructorOptions[],
  );
}

describe.each(['linux', 'darwin', 'win32'] as const)('the menu on %s', (platform) => {
  it('offers every command of the contract once', () => {
    const send = vi.fn();
    for (const item of items(platform, send)) (item.click as (() => void) | undefined)?.();
    expect(send.mock.calls.flat().sort()).toEqual([...MENU_COMMANDS].sort());
  });

  it('gives no shortcut twice', () => {
    const shortcuts = items(platform).flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
    expect(shortcuts).toEqual(
      expect.arrayContaining(['CmdOrCtrl+O', 'CmdOrCtrl+R', 'CmdOrCtrl+.', 'CmdOrCtrl+F']),
    );
  });

  it('can quit', () => {
    expect(items(platform).some(({ role }) => role === 'quit')).toBe(true);
  });
});

describe('the end of a night', () => {
  const result = (over: Partial<BatchResult>) =>
    ({
      totalJobs: 5,
      completed: 5,
      failed: 0,
      outcome: 'completed',
      jobs: [],
      ...over,
    }) as unknown as BatchResult;

  it('is told in one line', () => {
    expect(endWords('shots', result({}))).toEqual({
      title: 'shots is done',
      body: 'All 5 shots are rendered.',
    });
    expect(endWords('shots', result({ outcome: 'failed', completed: 4, failed: 1 }))?.title).toBe(
      'shots: 1 shot failed',
    );
  });

  it('says how far it is where only some shots were chosen', () => {
    expect(endWords('shots', result({ outcome: 'partial', completed: 2 }))).toEqual({
      title: 'shots: 2 of 5 shots are done',
      body: 'What you chose is rendered. The other shots wait.',
    });
  });

  it('says that a shot is worth a look', () => {
    const warned = { warnings: [{ cause: 'missing-file', message: 'It is missing.' }] } as never;
    expect(endWords('shots', result({ jobs: [warned] }))?.body).toBe(
      'All 5 shots are rendered. One is worth a look.',
    );
  });

  it('is not told to the artist who has just cancelled it', () => {
    expect(endWords('shots', result({ outcome: 'cancelled' }))).toBeNull();
  });

  it('fills the taskbar by frames', () => {
    const frames = { total: 8, done: 3, kept: 0, running: 1, failed: 1, waiting: 3 };
    const progress = { frames, paused: null } as never;
    expect(taskbarOf(progress)).toEqual({ fraction: 0.5, mode: 'normal' });
    expect(taskbarOf(null)).toBeNull();
  });
});
