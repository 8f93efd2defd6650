import type { Readable } from 'node:stream';
import type { Failure } from '../../shared/failure.ts';
import type { NotBegun, ProcessEnd } from './diagnose.ts';
import type { Doing } from './sentences.ts';

/** A program to be started, as it is typed. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables besides our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Unique, and one of the arguments: by it all that comes of this program is found again, also by a later start. */
  readonly token?: string;
  /** Nothing is ever written to it. */
  readonly deaf?: boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs on a host. */
export interface Launched {
  /** Of the process on this computer that stands for it: the program itself, or what reaches it. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Writes one line to its standard input; one that is gone is found out by its end. */
  readonly write: (line: string) => void;
  /** Resolves when it has ended, nothing that it started is left, and its last words were read. Never rejects. */
  readonly ended: Promise<Exit>;
  /** Asks it to stop what it is at. False where that can't be asked. */
  readonly interrupt: () => boolean;
  /** Resolves when it and all that it has started are gone. Safe if they are. */
  readonly kill: () => Promise<void>;
  /** Processor time that it and all that it has started have taken so far, ms; `null` where nobody can tell. */
  readonly computedMs: () => Promise<number | null>;
}

/**
 * Where programs are started: this computer (`this-computer.ts`), or what a command of the artist's reaches
 * (`launcher.ts`). Nobody else knows which: whoever talks to a Blender has its pipes, its end and its time.
 */
export interface Host {
  /**
   * Resolves when the program has begun: a host that is waited for first takes its time, and no limit runs meanwhile.
   * `error`: the system's code, such as ENOENT.
   */
  launch(command: Command): Promise<Launched | { readonly error: string }>;
  /**
   * Why a Blender could not be started here or has ended, where it was not Blender's doing. `null`: it was.
   * @param isBlender what was launched is known to be Blender itself and nothing between
   */
  blame(end: NotBegun | ProcessEnd, doing: Doing, isBlender: boolean): Promise<Failure | null>;
}
