import { join } from 'node:path';
import { startNight, type Tools } from './night.ts';
import { lookAt } from './pictures.ts';
import { sourcesIn } from './recorded.ts';
import type { Scenario, Version } from './scenarios.ts';
import { framesBelow, journalText, makeWorld, shotOf, type World } from './world.ts';

/** A scenario as it is rendered when nothing disturbs it. */
export interface Reference {
  readonly scenario: Scenario;
  readonly seconds: number;
  /** Of each frame (`shot/file`), for each version of its shot: a hash of its pixels. */
  readonly pixels: Readonly<Record<Version, ReadonlyMap<string, string>>>;
  /** Of each shot, for each version: the fingerprint that a journal has of it. */
  readonly sources: Readonly<Record<Version, ReadonlyMap<string, string>>>;
}

/** Renders both versions of a scenario undisturbed. Throws if that doesn't work. */
export async function makeReference(scenario: Scenario, tools: Tools): Promise<Reference> {
  const a = await calm(scenario, 'a', tools);
  const b = await calm(scenario, 'b', tools);
  return {
    scenario,
    seconds: a.seconds,
    pixels: { a: a.pixels, b: b.pixels },
    sources: { a: a.sources, b: b.sources },
  };
}

/** The pixels that a frame must have now. */
export function rightPixels(reference: Reference, world: World, frame: string): string | undefined {
  return reference.pixels[world.versions.get(shotOf(frame)) ?? 'a'].get(frame);
}

/** The sources that the shots have now. */
export function sourcesNow(reference: Reference, world: World): ReadonlyMap<string, string> {
  const names = [...reference.sources.a.keys()];
  return new Map(
    names.map((name) => [name, reference.sources[world.versions.get(name) ?? 'a'].get(name) ?? '']),
  );
}

async function calm(scenario: Scenario, version: Version, tools: Tools) {
  const world = await makeWorld(scenario);
  try {
    for (const { name } of scenario.shots) await world.turn(name, version);
    const { code, seconds, said } = await startNight(world, tools, {}, () => {}).end;
    if (code !== 0) throw new Error(`${scenario.name} ends with ${code} undisturbed:\n${said}`);
    const pixels = new Map<string, string>();
    for (const frame of await framesBelow(world.out)) {
      const look = await lookAt(join(world.out, frame));
      if (look.kind !== 'whole') throw new Error(`${frame} is ${look.kind} undisturbed.`);
      pixels.set(frame, look.pixels);
    }
    return { seconds, pixels, sources: sourcesIn(await journalText(world.data)) };
  } finally {
    await world.remove();
  }
}
