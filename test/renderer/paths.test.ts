import { expect, it } from 'vitest';
import { homePath, pathIn } from '../../renderer/text/paths.ts';

it('says a path below the home folder with a tilde, and any other whole', () => {
  expect(homePath('/home/ana/film/shots', '/home/ana')).toBe('~/film/shots');
  expect(homePath('/home/ana', '/home/ana/')).toBe('~');
  expect(homePath('/home/anabel/film', '/home/ana')).toBe('/home/anabel/film');
  expect(homePath('/mnt/film', '/')).toBe('/mnt/film');
  expect(homePath('C:\\Users\\ana\\film', 'C:\\Users\\ana')).toBe('C:\\Users\\ana\\film');
  expect(homePath('/mnt/film', undefined)).toBe('/mnt/film');
});

it('says a path inside of the shot folder without the folder', () => {
  expect(pathIn('/shots', '/shots/renders/hero')).toBe('renders/hero');
  expect(pathIn('C:\\shots', 'C:\\shots\\renders')).toBe('renders');
  expect(pathIn('/shots', '/shots-2/renders')).toBe('/shots-2/renders');
  expect(pathIn('/shots', '/shots')).toBe('/shots');
});
