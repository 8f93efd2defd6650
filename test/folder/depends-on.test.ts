import { describe, expect, it } from 'vitest';
import type { Batch } from '../../shared/batch.ts';
import { batchOf, jobNamed } from './folder.ts';

const SHOT = 'blend: scene.bin\n';

describe('depends_on', () => {
  it('takes one name or a list, of names and of files relative to the one that says it', async () => {
    const batch = await batchOf({
      'bg.yaml': SHOT,
      'sets/sky.yaml': 'blend: ../scene.bin\nname: blue',
      'sets/fg.yaml': 'blend: ../scene.bin\ndepends_on: [sky.yaml, ../bg.yaml]',
      'comp.yaml': `${SHOT}depends_on: [BG, blue, sets/fg.yaml]`,
      'one.yaml': `${SHOT}depends_on: bg`,
    });
    expect(batch.problems).toEqual([]);
    expect(needs(batch, 'comp')).toEqual(['bg', 'blue', 'fg']);
    expect(needs(batch, 'fg')).toEqual(['blue', 'bg']);
    expect(needs(batch, 'one')).toEqual(['bg']);
    expect(jobNamed(batch, 'one').shotConfig?.dependsOn[0]?.job).toBe(jobNamed(batch, 'bg').id);
  });

  it('takes a file for what it was called before names that meet were made different', async () => {
    const batch = await batchOf({
      'a/bg.yaml': 'blend: ../scene.bin',
      'b/bg.yaml': 'blend: ../scene.bin',
      'comp.yaml': `${SHOT}depends_on: b/bg.yaml`,
      'vague.yaml': `${SHOT}depends_on: bg`,
    });
    expect(needs(batch, 'comp')).toEqual(['b_bg']);
    expect(errorOf(batch, 'vague')).toContain('several shots are called `bg`');
  });

  it('an unknown name fails the shot where it stands, with the nearest one that there is', async () => {
    const batch = await batchOf({
      'comp_bg.yaml': SHOT,
      'hero.yaml': `${SHOT}depends_on: [comp_bgg]`,
      'far.yaml': `${SHOT}depends_on: nothing_like_it`,
    });
    expect(errorOf(batch, 'hero')).toMatch(
      /^hero.yaml, line 2, column 14: .*no shot `comp_bgg`.*did you mean `comp_bg`\?$/,
    );
    expect(errorOf(batch, 'far')).toContain('write its name, or its file relative to this one');
    expect(jobNamed(batch, 'comp_bg').status).toBe('waiting');
  });

  it('itself is an error; said in the defaults of all shots it only does not count for that one', async () => {
    const own = await batchOf({ 'hero.yaml': `${SHOT}depends_on: hero` });
    expect(errorOf(own, 'hero')).toContain('names this shot itself');
    const all = await batchOf({
      'defaults.yaml': 'depends_on: bg',
      'bg.yaml': SHOT,
      'hero.yaml': SHOT,
    });
    expect(all.problems).toEqual([]);
    expect([needs(all, 'bg'), needs(all, 'hero')]).toEqual([[], ['bg']]);
  });

  it('a circle names everyone on it, and is no error of those that only lead to it', async () => {
    const batch = await batchOf({
      'a.yaml': `${SHOT}depends_on: b`,
      'b.yaml': `${SHOT}depends_on: c`,
      'c.yaml': `${SHOT}depends_on: a`,
      'd.yaml': `${SHOT}depends_on: a`,
    });
    expect(errorOf(batch, 'a')).toContain('a needs b needs c needs a');
    expect(errorOf(batch, 'c')).toContain('c needs a needs b needs c');
    expect(needs(batch, 'd')).toEqual(['a']);
  });

  it('a chain of hundreds is read at once', async () => {
    const files = Array.from({ length: 500 }, (_, index) => [
      `s${index}.yaml`,
      index === 0 ? SHOT : `${SHOT}depends_on: s${index - 1}`,
    ]);
    const batch = await batchOf(Object.fromEntries(files));
    expect(batch.problems).toEqual([]);
    expect(needs(batch, 's499')).toEqual(['s498']);
  });
});

describe('order', () => {
  it('is one of four, however it is written, and sequential unless said', async () => {
    const batch = await batchOf({
      'a.yaml': SHOT,
      'b.yaml': `${SHOT}order: Middle_Out`,
      'c.yaml': `${SHOT}order: backwards`,
    });
    expect(jobNamed(batch, 'a').shotConfig?.order).toBe('sequential');
    expect(jobNamed(batch, 'b').shotConfig?.order).toBe('middle-out');
    expect(errorOf(batch, 'c')).toContain('sequential, ends-first, middle-out, every-nth');
  });

  it('neither order nor depends_on decides pixels', async () => {
    const batch = await batchOf({
      'a.yaml': SHOT,
      'b.yaml': `${SHOT}order: ends-first\nsimulations: bake\ndepends_on: a\npriority: 3`,
    });
    expect(jobNamed(batch, 'b').source).toBe(jobNamed(batch, 'a').source);
  });
});

function needs(batch: Batch, name: string): readonly string[] | undefined {
  return jobNamed(batch, name).shotConfig?.dependsOn.map((link) => link.name);
}

function errorOf(batch: Batch, name: string): string | undefined {
  return jobNamed(batch, name).error?.message;
}
