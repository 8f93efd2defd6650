import { expect, it } from 'vitest';
import { AT_ONCE, MOST_HELD, PictureShelf } from '../../renderer/player/picture-shelf.ts';

/** A shelf whose pictures come when the test says so. */
function shelfWith() {
  const asked: string[] = [];
  const answers = new Map<string, { come: () => void; fail: () => void }>();
  let told = 0;
  const shelf = new PictureShelf(
    (url) =>
      new Promise((resolve, reject) => {
        asked.push(url);
        answers.set(url, { come: () => resolve({ url }), fail: () => reject(new Error(url)) });
      }),
    () => {
      told += 1;
    },
  );
  const settle = async (url: string, how: 'come' | 'fail') => {
    const before = told;
    answers.get(url)?.[how]();
    while (told === before) await Promise.resolve();
  };
  return { shelf, asked, settle };
}

const urls = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

it('loads a few at once, in the order of need', async () => {
  const { shelf, asked, settle } = shelfWith();
  shelf.want(urls(10));
  expect(asked).toEqual(urls(AT_ONCE));
  await settle('1', 'come');
  expect(shelf.stateOf('1')).toBe('ready');
  expect(asked).toEqual(urls(AT_ONCE + 1));
});

it('lets nobody who looks at another frame wait for those that are still coming', () => {
  const { shelf, asked } = shelfWith();
  shelf.want(urls(10));
  shelf.want(['late', ...urls(10)]);
  expect(asked.at(-1)).toBe('late');
});

it('asks for nothing twice, and for nothing that nobody needs any more', async () => {
  const { shelf, asked, settle } = shelfWith();
  shelf.want(urls(10));
  shelf.want([]);
  await settle('0', 'come');
  shelf.want(['0', '1']);
  expect(asked).toEqual(urls(AT_ONCE));
});

it('tries a picture that did not come once more, and then says so', async () => {
  const { shelf, asked, settle } = shelfWith();
  shelf.want(['a']);
  await settle('a', 'fail');
  expect(shelf.stateOf('a')).toBe('coming');
  await settle('a', 'fail');
  expect(shelf.stateOf('a')).toBe('broken');
  shelf.want(['a']);
  expect(asked).toEqual(['a', 'a']);
});

it('holds a bounded number, and lets go of the longest unneeded first', async () => {
  const { shelf, settle } = shelfWith();
  for (const url of urls(MOST_HELD)) {
    shelf.want([url]);
    await settle(url, 'come');
  }
  shelf.want(['0']);
  shelf.want(['one more', '0']);
  await settle('one more', 'come');
  expect(shelf.stateOf('0')).toBe('ready');
  expect(shelf.stateOf('one more')).toBe('ready');
  expect(shelf.stateOf('1')).toBe('coming');
});
