import { dirname, resolve } from 'node:path';
import type { LeftOutShot, ShotLink } from '../../../shared/shot.ts';
import { folded, stemOf } from './names.ts';
import { type Draft, wantedName } from './read-shots.ts';
import { flawed, ShotError } from './shot-error.ts';
import { type ScalarTree, type SourceFile, textOf, valueAt } from './tree.ts';
import { nearestOf } from './validate.ts';

type Links = readonly ShotLink[];

/** Whether some shot of these depends on a file that is a shot by itself. */
export function neededShots(drafts: readonly Draft[]): (file: SourceFile) => boolean {
  const items = drafts.flatMap(itemsOf).map((item) => ({ text: textOf(item).trim(), item }));
  const names = new Set(items.map(({ text }) => folded(text)));
  const paths = new Set(items.flatMap(({ text, item }) => pathsOf(text, item)));
  return ({ path, name }) => names.has(folded(stemOf(name))) || paths.has(path);
}

/**
 * The shots that each shot depends on, in the same order; an error where `depends_on` can't be meant.
 * @param leftOut what the folder holds beside these shots
 */
export function linksOf(
  drafts: readonly Draft[],
  names: readonly string[],
  leftOut: readonly LeftOutShot[] = [],
): readonly (Links | ShotError)[] {
  const shots = new Shots(drafts, names, leftOut);
  const links = drafts.map((draft): Links | ShotError => {
    try {
      return itemsOf(draft).flatMap((item) => shots.named(item, draft) ?? []);
    } catch (error) {
      if (error instanceof ShotError) return error;
      throw error;
    }
  });
  const circles = circlesIn(drafts, links);
  return drafts.map((draft, index) => {
    const circle = circles.get(draft.id);
    return circle ? goesRound(draft, circle, shots) : (links[index] ?? []);
  });
}

/** The shots of a folder by all that they can be called. */
class Shots {
  readonly #links = new Map<string, ShotLink>();
  readonly #byName = new Map<string, ShotLink>();
  readonly #byFile = new Map<string, ShotLink>();
  /** By what their files call them, before names that meet were made different. */
  readonly #byWish = new Map<string, ShotLink[]>();
  /** Of names that are not there: the search for what was meant is slow. */
  readonly #nearest = new Map<string, string | null>();

  constructor(
    drafts: readonly Draft[],
    names: readonly string[],
    private readonly leftOut: readonly LeftOutShot[],
  ) {
    for (const [index, draft] of drafts.entries()) {
      const link = { job: draft.id, name: names[index] ?? draft.id };
      this.#links.set(draft.id, link);
      this.#byName.set(folded(link.name), link);
      this.#byFile.set(draft.file.path, link);
      const wish = folded(wantedName(draft));
      this.#byWish.set(wish, [...(this.#byWish.get(wish) ?? []), link]);
    }
  }

  nameOf(jobId: string): string {
    return this.#links.get(jobId)?.name ?? jobId;
  }

  /** Whom an item of `depends_on` means; `null`: a rule for many shots that does not concern this one. */
  named(item: ScalarTree, draft: Draft): ShotLink | null {
    const text = textOf(item).trim();
    const link = this.#found(text, item);
    if (link.job !== draft.id) return link;
    // Said in the defaults, or in the file that this one extends, of all shots.
    if (item.place.file.path !== draft.file.path) return null;
    throw flawed(item.place, `\`depends_on\` names this shot itself; take \`${text}\` out of it.`);
  }

  #found(text: string, item: ScalarTree): ShotLink {
    const { place } = item;
    const byName = this.#byName.get(folded(text));
    if (byName) return byName;
    const paths = pathsOf(text, item);
    const [byFile] = paths.flatMap((path) => this.#byFile.get(path) ?? []);
    if (byFile) return byFile;
    const [one, ...more] = this.#byWish.get(folded(text)) ?? [];
    if (one && more.length === 0) return one;
    if (one) {
      const names = [one, ...more.slice(0, 4)].map(({ name }) => `\`${name}\``).join(', ');
      const message = `\`depends_on\`: several shots are called \`${text}\`; write which of them: ${names}.`;
      throw flawed(place, message);
    }
    const root = rootOf(place.file);
    const out = this.leftOut.find(
      ({ name, file }) => folded(name) === folded(text) || paths.includes(resolve(root, file)),
    );
    if (out) {
      const message = `\`depends_on\` names \`${text}\`, which is left out of this folder: take it in again, or take it out of \`depends_on\`.`;
      throw flawed(place, message);
    }
    const near = this.#near(text);
    const hint = near === null ? 'write its name, or its file relative to this one' : null;
    const message = `\`depends_on\`: there is no shot \`${text}\` in this folder; ${hint ?? `did you mean \`${near}\`?`}`;
    throw flawed(place, hint === null ? message : `${message}.`);
  }

  #near(text: string): string | null {
    const known = this.#nearest.get(text);
    if (known !== undefined) return known;
    const near = nearestOf(
      text,
      [...this.#links.values()].map(({ name }) => name),
    );
    this.#nearest.set(text, near);
    return near;
  }
}

/** The files that an item may mean: beside the one that says it, or below the shot folder. */
function pathsOf(text: string, { place: { file } }: ScalarTree): readonly string[] {
  return [resolve(dirname(file.path), text), resolve(rootOf(file), text)];
}

/** The shot folder, from a file in it. */
function rootOf({ path, name }: SourceFile): string {
  return resolve(path, ...name.split('/').map(() => '..'));
}

function itemsOf({ tree }: Draft): readonly ScalarTree[] {
  const value = tree && valueAt(tree, 'depends_on');
  const items = value?.kind === 'list' ? value.items : value ? [value] : [];
  return items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [item] : []));
}

/** Of each shot that waits for itself over others: the ids on the way round. Costs the links. */
function circlesIn(
  drafts: readonly Draft[],
  links: readonly (Links | ShotError)[],
): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  for (const [index, { id }] of drafts.entries()) {
    const own = links[index];
    needs.set(id, own && !(own instanceof ShotError) ? own.map(({ job }) => job) : []);
  }
  const circles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  for (const start of needs.keys()) {
    // A walk into the depth without recursion: a chain of shots may be long.
    const way: { readonly id: string; next: number }[] = done.has(start)
      ? []
      : [{ id: start, next: 0 }];
    const on = new Map(way.map(({ id }) => [id, 0]));
    for (let here = way.at(-1); here; here = way.at(-1)) {
      const needed = needs.get(here.id)?.[here.next];
      here.next += 1;
      if (needed === undefined) {
        done.add(here.id);
        on.delete(here.id);
        way.pop();
      } else if (on.has(needed)) {
        const circle = way.slice(on.get(needed)).map(({ id }) => id);
        for (const id of circle) if (!circles.has(id)) circles.set(id, circle);
      } else if (!done.has(needed)) {
        on.set(needed, way.length);
        way.push({ id: needed, next: 0 });
      }
    }
  }
  return circles;
}

/** More shots than these of a circle are told as a number. */
const MOST_NAMED = 6;

function goesRound(draft: Draft, circle: readonly string[], shots: Shots): ShotError {
  const from = circle.indexOf(draft.id);
  const ids = [...circle.slice(from), ...circle.slice(0, from)];
  const names = [...ids, draft.id].map((id) => shots.nameOf(id));
  const told =
    names.length <= MOST_NAMED + 1
      ? names
      : [...names.slice(0, MOST_NAMED), `${names.length - MOST_NAMED - 1} more`, names[0] ?? ''];
  const place = itemsOf(draft)[0]?.place ?? draft.tree?.place;
  const message = `\`depends_on\` goes in a circle, so that none of these shots could ever start: ${told.join(' needs ')}.`;
  return flawed(place ?? { file: draft.file, line: null, column: null }, message);
}
