import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { isolated } from '../../shared/safe-text.ts';

vi.mock('../../renderer/ui/Name.css', () => ({}));
const { Name } = await import('../../renderer/ui/Name.tsx');

const shown = (name: string, common = '') => renderToStaticMarkup(Name({ children: name, common }));

describe('a name in a sentence', () => {
  it('stays as it is when it is read from the left, whatever its letters', () => {
    for (const name of ['hero_v017', '日本', 'Ünïcode', '🌙 hero'])
      expect(isolated(name)).toBe(name);
  });

  it('is fenced off when it is read from the right', () => {
    for (const name of ['סצנה_12_(לילה)', 'مشهد 7', 'v03 סצנה', '𐤀', '𞤀']) {
      expect(isolated(name)).toBe(`\u2068${name}\u2069`);
    }
  });
});

describe('a name in the window', () => {
  it('keeps what tells it from its neighbours when it is cut, and is read as one word', () => {
    const markup = shown('sq010_sh0040_lantern_maker_v017', 'sq010_');
    expect(markup).toContain('title="sq010_sh0040_lantern_maker_v017"');
    expect(markup).toContain(
      '<span class="visually-hidden">sq010_sh0040_lantern_maker_v017</span>',
    );
    expect(markup).toContain('<span class="name-common cut" aria-hidden="true">sq010_</span>');
    // Of the others the longest gives way first.
    expect(markup).toContain('style="flex-shrink:14" aria-hidden="true">_lantern_maker</span>');
    for (const key of ['sh0040', '_v017'])
      expect(markup).toContain(`<span class="name-key" aria-hidden="true">${key}</span>`);
  });

  it('is in one piece when it is short, or its letters join', () => {
    expect(shown('hero')).toBe(
      '<bdi class="name " title="hero"><span class="cut">hero</span></bdi>',
    );
    expect(shown('مشهد طويل جدا من الفيلم الجديد')).not.toContain('name-key');
  });

  it('comes apart between letters, never inside of one', () => {
    expect(shown('the_lantern_maker_on_the_moon_👩🏽‍🚀')).toContain('>e_moon_👩🏽‍🚀<');
  });
});
