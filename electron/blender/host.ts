import type { Readable } from 'node:stream';
import type { Failure } from '../../shared/failure.ts';
import type { NotBegun, ProcessEnd } from './diagnose.ts';
import type { Doing } from './sentences.ts';
import type { Program } from './spawn-here.ts';

/** A program to be started, and how it is handled. */
export interface Command extends Program {
  /** Nothing is ever written to it. */
  readonly deaf?: boolean;
  /** What the kernel sends it when we die, where it can; SIGKILL if not said. */
  readonly onOurDeath?: 'SIGTERM';
}

/** A part of another computer that was given for one program. */
export interface Place {
  /** The computer's name, as the artist knows it. */
  readonly node: string;
  /** Cores that were given. */
  readonly cores: number;
  /** Memory that was given, MiB; `null`: what is there. */
  readonly memoryMb: number | null;
  /** When it is taken back, ms since 1970; `null`: never. */
  readonly endsAt: number | null;
  /** Whether a GPU was given with it. */
  readonly gpu: boolean;
}

/** How a place is asked for, on a host that gives them. */
export interface Asking {
  /** Aborted: it is not wanted any more. */
  readonly signal: AbortSignal;
  /** Told why it is still waited for, each time that this changes. */
  readonly onWaiting: (why: string) => void;
  /** Told when it is there, and the program begins. */
  readonly onGiven: () => void;
  readonly gpu: boolean;
}

/** Why a program could not be started. */
export interface NotLaunched {
  /** The system's code, such as ENOENT. */
  readonly error: string;
  /** Where more is known than a code. */
  readonly failure?: Failure;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs on a host. */
export interface Launched {
  /** Where it runs; `null`: on this computer, or nobody knows. */
  readonly place: Place | null;
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
  /** Resolves when it and all that it has started are gone, or the system can't end them. Safe if they are gone. */
  readonly kill: () => Promise<void>;
  /** Processor time that it and all that it has started have taken so far, ms; `null` where nobody can tell. */
  readonly computedMs: () => Promise<number | null>;
}

/**
 * Where programs are started: this computer (`this-computer.ts`), what a command of the artist's reaches
 * (`hosts/launcher/`), or the nodes of a cluster. Nobody else knows which: whoever talks to a Blender has its pipes, its end and its time.
 */
export interface Host {
  /**
   * Resolves when the program has begun: a host that is waited for first takes its time, and no limit runs meanwhile.
   */
  launch(command: Command, asking?: Asking): Promise<Launched | NotLaunched>;
  /**
   * Why a Blender could not be started here or has ended, where it was not Blender's doing. `null`: it was.
   * @param isBlender what was launched is known to be Blender itself and nothing between
   * @param launched what has ended; `null`: it never began
   */
  blame(
    end: NotBegun | ProcessEnd,
    doing: Doing,
    isBlender: boolean,
    launched: Launched | null,
  ): Promise<Failure | null>;
  /** Gives back all that was asked for here and is left. Idempotent. */
  close?(): Promise<void>;
  /** Tokens of what has ended here, as far as we know, and may still be there. */
  readonly unsettled?: readonly string[];
  /** Why a program says nothing any more, where its host knows that it is not the program's doing; `null`: it does not. */
  silent?(launched: Launched, doing: Doing): Promise<Failure | null>;
}
