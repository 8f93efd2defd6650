import { join, relative, sep } from 'node:path';
import type { Told } from './night.ts';
import { type Look, lookAt } from './pictures.ts';
import { isIntact, type Recorded, recordedFrames } from './recorded.ts';
import { type Reference, rightPixels, sourcesNow } from './reference.ts';
import type { Violation, ViolationKind } from './violations.ts';
import { framesBelow, journalText, type World } from './world.ts';

/** The sums of one round. */
export interface Tally {
  frames: number;
  /** Told as done, by all nights together. */
  rendered: number;
  /** Told as done before in this round, and then damaged, lost from the journal, or of a changed shot. */
  renderedAgain: number;
  /** Found whole and recorded at the start of a night, so that they must not be rendered in it. */
  kept: number;
}

/**
 * Knows what was damaged and when, and so what Nightshift may render again and what it must not. It
 * is told everything, looks at the disk itself, and keeps what must never be.
 */
export class Ledger {
  readonly violations: Violation[] = [];
  readonly tally: Tally;
  readonly #world: World;
  readonly #reference: Reference;
  readonly #note: (text: string) => void;
  /** Frames that we have damaged and that were not seen right since, with the number of the damage. */
  readonly #damaged = new Map<string, number>();
  readonly #signatures = new Map<string, string>();
  readonly #altered = new Set<string>();
  readonly #everDone = new Set<string>();
  readonly #checks = new Set<Promise<void>>();
  #kept = new Set<string>();
  #damages = 0;
  #tampering = 0;

  constructor(world: World, reference: Reference, note: (text: string) => void) {
    this.#world = world;
    this.#reference = reference;
    this.#note = note;
    this.tally = { frames: this.frames.length, rendered: 0, renderedAgain: 0, kept: 0 };
  }

  /** Every frame of the batch, as `shot/file`. */
  get frames(): readonly string[] {
    return [...this.#reference.pixels.a.keys()];
  }

  violate(kind: ViolationKind, what: string): void {
    this.violations.push({ kind, what });
    this.#note(`!! ${kind}: ${what}`);
  }

  /** We are about to break a frame, or all of them. */
  damage(...frames: readonly string[]): void {
    this.#damages += 1;
    for (const frame of frames) this.#damaged.set(frame, this.#damages);
  }

  /** Breaks a frame by an act that answers what its file looks like now, `null` if it is gone. */
  async tamper(frame: string, act: () => Promise<string | null>): Promise<void> {
    this.damage(frame);
    this.#tampering += 1;
    try {
      const signature = await act();
      if (signature !== null) this.#signatures.set(frame, signature);
    } finally {
      this.damage(frame);
      this.#tampering -= 1;
    }
  }

  /** Lines of the journal that are ours: nobody may believe them. */
  alter(lines: readonly string[]): void {
    for (const line of lines) this.#altered.add(line);
  }

  /** A night begins: what is recorded and whole now must not be rendered in it. */
  async beginNight(): Promise<void> {
    this.#kept = new Set();
    for (const recorded of (await this.#recorded()).values()) {
      if (await isIntact(this.#world.out, recorded)) this.#keep(recorded.frame);
    }
    this.tally.kept += this.#kept.size;
  }

  /** A night tells something. */
  told(event: Told): void {
    if (event.type !== 'frame-done' || !event.file) return;
    const frame = relative(this.#world.out, event.file).split(sep).join('/');
    this.#note(`   told done: ${frame}`);
    this.tally.rendered += 1;
    if (this.#kept.has(frame) && !this.#damaged.has(frame)) {
      this.violate('frames rendered twice without reason', frame);
    } else if (this.#everDone.has(frame)) {
      this.tally.renderedAgain += 1;
    }
    this.#everDone.add(frame);
    this.#kept.add(frame);
    const check = this.#checkTold(frame).finally(() => this.#checks.delete(check));
    this.#checks.add(check);
  }

  /** A night is over, however it ended: what it has recorded must be there. */
  async endNight(): Promise<void> {
    await Promise.all(this.#checks);
    for (const recorded of (await this.#recorded()).values()) {
      const { frame } = recorded;
      if (this.#damaged.has(frame) || (await isIntact(this.#world.out, recorded))) continue;
      this.violate('false dones', `the journal has ${frame}, the disk has not`);
      this.damage(frame);
    }
  }

  /** A file is seen in the output folder. False if it has to be looked at again. */
  async seen(frame: string): Promise<boolean> {
    const { damages, tampering } = { damages: this.#damages, tampering: this.#tampering };
    const look = await lookAt(join(this.#world.out, frame));
    if (look.kind === 'gone' || tampering > 0 || damages !== this.#damages) return false;
    if (this.#signatures.get(frame) !== look.signature) this.#judge(frame, look);
    return true;
  }

  #judge(frame: string, look: Exclude<Look, { kind: 'gone' }>): void {
    const { a, b } = this.#reference.pixels;
    if (look.kind === 'broken') this.violate('half files seen', `${frame}: ${look.why}`);
    else if (!a.has(frame)) this.violate('left over', frame);
    else if (look.pixels !== a.get(frame) && look.pixels !== b.get(frame)) {
      this.violate('wrong pixels', `${frame}, seen in the output folder`);
    }
  }

  /** The last, undisturbed night has ended well: everything must be as if nothing had happened. */
  async finish(): Promise<void> {
    const { out } = this.#world;
    const recorded = await this.#recorded();
    for (const frame of this.frames) {
      const look = await lookAt(join(out, frame));
      const isRight =
        look.kind === 'whole' && look.pixels === rightPixels(this.#reference, this.#world, frame);
      if (look.kind === 'gone') this.violate('frames lost', frame);
      else if (!isRight) this.violate('wrong pixels', `${frame} is ${look.kind} at the end`);
      const known = recorded.get(frame);
      if (!known || !(await isIntact(out, known))) {
        this.violate(
          'false dones',
          `the batch is complete, and the journal does not have ${frame}`,
        );
      }
    }
    for (const frame of await framesBelow(out)) {
      if (!this.#reference.pixels.a.has(frame)) this.violate('left over', frame);
    }
  }

  /** A whole frame of what was right once: not the one that a changed shot will make. */
  async #checkTold(frame: string): Promise<void> {
    const wanted = rightPixels(this.#reference, this.#world, frame);
    const damage = this.#damaged.get(frame);
    const look = await lookAt(join(this.#world.out, frame));
    if (look.kind === 'whole' && look.pixels === wanted) {
      if (this.#damaged.get(frame) === damage) this.#damaged.delete(frame);
    } else if (!this.#damaged.has(frame)) {
      this.violate('false dones', `${frame} was told done and is ${look.kind}`);
    }
  }

  /** Damaged before the night, and whole all the same: it was mended. */
  #keep(frame: string): void {
    this.#kept.add(frame);
    this.#damaged.delete(frame);
  }

  async #recorded(): Promise<ReadonlyMap<string, Recorded>> {
    const sources = sourcesNow(this.#reference, this.#world);
    return recordedFrames(await journalText(this.#world.data), sources, this.#altered);
  }
}
