import { expect, test } from 'vitest';
import { commonFolder, isBelow, openjdTemplate } from '../../electron/engine/index.ts';
import type { FramePlan } from '../../shared/job.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { planOf } from '../helpers/plan.ts';
import { madeJob } from '../helpers/results.ts';
import { shotConfig } from '../helpers/shot-config.ts';

function shot(name: string, config: Partial<ShotConfig> = {}, plan: Partial<FramePlan> = {}) {
  const job = {
    ...madeJob({ name, status: 'waiting', frames: null }),
    id: name,
    shotConfig: shotConfig(config),
  };
  return { job, plan: planOf([1, 2, 3, 10, 12, 14], plan), inputs: [] };
}

interface Step {
  readonly name: string;
  readonly dependencies?: unknown;
  readonly parameterSpace?: unknown;
  readonly script: {
    readonly actions: { readonly onRun: { readonly args: readonly string[] } };
    readonly embeddedFiles: readonly { readonly data: string }[];
  };
}

const OPTIONS = { name: 'shots', project: '/film', chunk: null, trusted: false };

function stepsOf(shots: readonly ReturnType<typeof shot>[], options = {}): readonly Step[] {
  return openjdTemplate(shots, { ...OPTIONS, ...options }).steps as readonly Step[];
}

test('each shot is a step, each frame a task, or several where that is asked for', () => {
  const shots = [shot('hero')];
  expect(stepsOf(shots)[0]?.parameterSpace).toEqual({
    taskParameterDefinitions: [{ name: 'Frame', type: 'INT', range: '1-3,10-14:2' }],
  });
  const chunks = { defaultTaskCount: 4, rangeConstraint: 'NONCONTIGUOUS' };
  expect(stepsOf(shots, { chunk: 4 })[0]?.parameterSpace).toEqual({
    taskParameterDefinitions: [{ name: 'Frame', type: 'CHUNK[INT]', range: '1-3,10-14:2', chunks }],
  });
  expect(openjdTemplate(shots, { ...OPTIONS, chunk: 4 }).extensions).toEqual(['TASK_CHUNKING']);
});

test('what is not baked is one task, which goes through all frames in order', () => {
  const simulation = { first: 1, names: ['Cloth'], rendered: 'in-order' as const };
  const [step] = stepsOf([shot('flag', {}, { simulation })], { chunk: 2 });
  expect(step?.parameterSpace).toBeUndefined();
  expect(step?.script.actions.onRun.args).toContain('1-3,10-14:2');
});

test('a shot that needs another one is a step that depends on its step', () => {
  const steps = stepsOf([
    shot('comp', { dependsOn: [{ job: 'background', name: 'background' }] }),
    shot('background'),
  ]);
  expect(steps[0]?.dependencies).toEqual([{ dependsOn: 'background' }]);
  expect(steps[1]?.dependencies).toBeUndefined();
});

test('names of steps are short, and each once', () => {
  const long = 'x'.repeat(70);
  const names = stepsOf([shot(`${long}a`), shot(`${long}b`), shot('plain')]).map(
    ({ name }) => name,
  );
  expect(names).toEqual(['x'.repeat(64), `${'x'.repeat(58)} 2`, 'plain']);
});

test('paths are told from the project, and nothing in a text is filled in', () => {
  const [step] = stepsOf([shot('hero', { params: { text: '{{Param.Blender}} \u0089' } })]);
  const [{ data = '' } = {}] = step?.script.embeddedFiles ?? [];
  expect(data).not.toMatch(/\{\{|\}\}|[\u007f-\u009f]/);
  expect(JSON.parse(data)).toMatchObject({
    blend: 'scenes/hero.blend',
    script: null,
    params: { text: '{{Param.Blender}} \u0089' },
    name: 'hero',
    pattern: 'hero_####',
  });
});

test('the runner comes along, and no two braces in it stand together', () => {
  const [environment] = openjdTemplate([shot('hero')], OPTIONS).jobEnvironments as readonly {
    readonly script: { readonly embeddedFiles: readonly { filename: string; data: string }[] };
  }[];
  const files = environment?.script.embeddedFiles ?? [];
  const names = files.map(({ filename }) => filename);
  expect(names).toEqual(
    expect.arrayContaining(['farm.py', 'scene.py', 'output.py', 'overrides.py', 'formats.json']),
  );
  expect(names).not.toContain('runner.py');
  for (const { filename, data } of files) {
    expect(data, filename).not.toMatch(/\{\{|\}\}|[\u007f-\u009f]/);
    // What it imports of ours comes along too.
    const imports = [...data.matchAll(/^from \.(\w+) import/gm)].map(([, name]) => `${name}.py`);
    expect(names).toEqual(expect.arrayContaining(imports));
  }
});

test('the project is the deepest folder that all files are below', () => {
  expect(commonFolder(['/film/scenes/a.blend', '/film/shots/b.py'])).toBe('/film');
  expect(commonFolder(['/film/a.blend', '/film/scenes/deep/b.blend'])).toBe('/film');
  expect(commonFolder(['/film/a.blend', '/films/b.blend'])).toBeNull();
  expect(commonFolder([])).toBeNull();
  expect(isBelow('/film', '/film/wood.png')).toBe(true);
  expect(isBelow('/film', '/films/wood.png')).toBe(false);
  expect(isBelow('/film', '/film/..wood.png')).toBe(true);
});
