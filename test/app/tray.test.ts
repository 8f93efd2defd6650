import { describe, expect, it, vi } from 'vitest';
import { QUIT_ANSWERS, quitQuestion } from '../../electron/app/desktop/quit.ts';
import { type TrayState, trayMenu, trayTooltip } from '../../electron/app/desktop/tray.ts';

const at = new Date('2026-11-27T06:40').getTime();
const ALONE = { more: 0, nightAt: null };
const RUNNING: TrayState = { name: 'film', phase: 'running', percent: 58, at, ...ALONE };

function labels(state: TrayState | null): readonly string[] {
  return trayMenu(state, () => {}).flatMap(({ label }) => label ?? []);
}

describe('the tray', () => {
  it('tells in its tooltip how far the night is', () => {
    expect(trayTooltip(RUNNING)).toBe('film: 58 %, done about 06:40');
    expect(trayTooltip({ ...RUNNING, at: null })).toBe('film: 58 %');
    expect(trayTooltip({ ...RUNNING, phase: 'paused' })).toBe('film: 58 %, paused');
    expect(trayTooltip({ ...RUNNING, phase: 'waiting', percent: null })).toBe(
      'film, starts at 06:40',
    );
    expect(trayTooltip(null)).toBe('Nightshift');
    const night = { ...RUNNING, more: 2, nightAt: new Date('2026-11-27T09:10').getTime() };
    expect(trayTooltip(night)).toBe(
      'film: 58 %, done about 06:40, then 2 more, all done about 09:10',
    );
    expect(trayTooltip({ ...night, nightAt: null })).toContain('06:40, then 2 more');
  });

  it('offers what makes sense now', () => {
    const [name, done, ...rest] = ['film', '58 %', 'Show Nightshift'];
    expect(labels(RUNNING)).toEqual([
      ...[name, done, 'done about 06:40', ...rest],
      ...['Pause', 'Quit Nightshift'],
    ]);
    expect(labels({ ...RUNNING, phase: 'paused' })).toContain('Resume');
    expect(labels({ ...RUNNING, phase: 'waiting' })).toContain('Start now');
    expect(labels({ ...RUNNING, phase: 'at-rest' })).toEqual([
      ...['film', '58 %', 'Show Nightshift', 'Quit Nightshift'],
    ]);
    expect(labels(null)).toEqual(['Show Nightshift', 'Quit Nightshift']);
  });

  it('does what is chosen, and what it only tells can not be chosen', () => {
    const act = vi.fn();
    for (const item of trayMenu(RUNNING, act)) {
      if (item.enabled !== false) (item.click as (() => void) | undefined)?.();
    }
    expect(act.mock.calls.flat()).toEqual(['show', 'pause', 'quit']);
  });
});

describe('the question before the app ends', () => {
  it('has a button for each answer, and the harmless ones first and last', () => {
    for (const startAt of [null, at]) {
      for (const tray of [true, false]) {
        const { buttons } = quitQuestion({ name: 'film', startAt, more: 0 }, tray);
        expect(buttons).toHaveLength(QUIT_ANSWERS.length);
        expect(buttons[QUIT_ANSWERS.indexOf('keep')]).toMatch(/^Keep /);
        expect(buttons[QUIT_ANSWERS.indexOf('cancel')]).toBe('Cancel');
      }
    }
  });

  it('counts what waits for its turn', () => {
    const said = (more: number) =>
      quitQuestion({ name: 'film', startAt: null, more }, true).message;
    expect(said(1)).toBe('“film” is rendering, and one batch waits for its turn.');
    expect(said(2)).toBe('“film” is rendering, and 2 wait for their turn.');
    expect(quitQuestion({ name: 'film', startAt: at, more: 2 }, true).message).toBe(
      '“film” starts at 06:40, and 2 after it.',
    );
  });

  it('says where Nightshift goes on, and when it would start', () => {
    expect(quitQuestion({ name: 'film', startAt: null, more: 0 }, true)).toMatchObject({
      message: '“film” is rendering.',
      buttons: ['Keep rendering in the tray', 'Stop and keep progress', 'Cancel'],
    });
    expect(quitQuestion({ name: 'film', startAt: at, more: 0 }, false)).toMatchObject({
      message: '“film” starts at 06:40.',
      buttons: ['Keep waiting minimised', 'Quit', 'Cancel'],
    });
  });
});
