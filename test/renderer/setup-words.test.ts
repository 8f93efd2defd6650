import { expect, it } from 'vitest';
import { changeText } from '../../renderer/actions/setup-actions.ts';
import { otherwiseText, setupOfMany } from '../../renderer/inspector/setup-facts.ts';
import { SETTING_KEYS, type SetupValue, type WrittenShot } from '../../shared/shot-setup.ts';

const file = (name: string, more: Partial<WrittenShot> = {}): WrittenShot => ({
  ...{ jobId: name, nowId: name, file: name, made: false, line: 4 },
  ...more,
});
const told = (...written: WrittenShot[]) =>
  // Names are set apart from what is around them by marks that nobody sees.
  changeText({ written, failed: null, counts: 'now' }).replaceAll(/[\u2066-\u2069]/g, '');

it('says where a setting was written', () => {
  expect(told(file('hero.yaml'))).toBe('Written to hero.yaml, line 4.');
  expect(told(file('hero.yaml', { line: null }))).toBe('Taken out of hero.yaml.');
  expect(told(file('lamp.yaml', { made: true }))).toBe(
    'Made lamp.yaml beside its .blend and wrote it there.',
  );
  expect(told(file('a'), file('b', { made: true }))).toBe(
    'Written to 2 files, 1 of them made beside its .blend.',
  );
  expect(told(file('a', { made: true }), file('b', { made: true }))).toBe(
    'Written to 2 files, all of them made beside their .blends.',
  );
  expect(told(file('a'), file('b', { line: null }))).toBe('Written to 2 files.');
  expect(told(file('a', { line: null }), file('b', { line: null }))).toBe('Taken out of 2 files.');
  expect(told()).toBe('Nothing had to be written.');
});

it('says when it counts, and where it stopped', () => {
  const failed = 'b.yaml could not be written: there is no room on its disk.';
  const change = { written: [file('a'), file('c')], failed, counts: 'next-render' } as const;
  expect(changeText(change)).toBe(
    `Written to 2 files. ${failed} The batch is rendering: this counts from the next render.`,
  );
});

const VALUE: SetupValue = { said: null, scene: null, differs: false, place: null, clears: null };

it('shows what counts where no file says a setting', () => {
  expect(otherwiseText('render.samples', VALUE, '128')).toBe('128');
  expect(otherwiseText('render.samples', VALUE, null)).toBe('As in the scene');
  expect(otherwiseText('render.samples', { ...VALUE, said: '8' }, '8')).toBe('As in the scene');
  expect(otherwiseText('render.samples', { ...VALUE, differs: true }, '128')).toBe('Differs');
  expect(otherwiseText('retries', VALUE, null)).toBe('As in the settings');
});

it('has a row for each setting of many shots, in the words of a scene', () => {
  const value = (scene: string | null) => ({ ...VALUE, scene });
  const values = Object.fromEntries(SETTING_KEYS.map((key) => [key, value(null)]));
  const setup = {
    ...{ seen: '', problem: null },
    values: {
      ...values,
      'render.denoise': value('false'),
      'render.engine': value('BLENDER_EEVEE_NEXT'),
    } as Record<(typeof SETTING_KEYS)[number], SetupValue>,
  };
  const facts = setupOfMany(setup);
  expect(facts.map(({ setting }) => setting)).toEqual(SETTING_KEYS);
  const valueOfRow = (name: string) => facts.find((fact) => fact.name === name)?.value;
  expect(valueOfRow('Denoise')).toBe('Off');
  expect(valueOfRow('Engine')).toBe('EEVEE');
  expect(valueOfRow('Camera')).toBeNull();
});
