import { win32 } from 'node:path';

// What is asked of Windows itself. Elsewhere nothing of it is loaded.

/** Programs of Windows that we run. */
const PROGRAMS = {
  taskkill: 'taskkill.exe',
  reg: 'reg.exe',
  shutdown: 'shutdown.exe',
  powershell: 'WindowsPowerShell\\v1.0\\powershell.exe',
} as const;

/**
 * The whole path of a program of Windows. By its bare name Windows would first run one of that name in the working
 * folder, which may be a shot folder from elsewhere.
 */
export function windowsProgram(
  name: keyof typeof PROGRAMS,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const said = env.SystemRoot ?? '';
  const root = win32.isAbsolute(said) ? said : 'C:\\Windows';
  return win32.join(root, 'System32', PROGRAMS[name]);
}

/** A program with all that it starts from now on. */
export interface WindowsJob {
  /** Ends what is left of it at once. Idempotent. */
  readonly end: () => void;
}

/** What only a call into Windows does. */
export interface WindowsCalls {
  /**
   * Puts a process into a job of its own: libuv's lets go of what a child starts, which would outlive a Blender that
   * crashed. Ends with us, too. `null`: Windows refuses.
   */
  readonly jobAround: (pid: number) => WindowsJob | null;
  /** Takes a folder out of the artist's sight, as a dot before its name does elsewhere. */
  readonly hide: (folder: string) => void;
  /** Keeps the computer from going to sleep by itself, as long as this process lives or until it may. */
  readonly keepAwake: (wanted: boolean) => void;
}

/** `null`: this is not Windows, or its calls can't be used. */
export function windowsCalls(): Promise<WindowsCalls | null> {
  calls ??= process.platform === 'win32' ? loaded().catch(unusable) : Promise.resolve(null);
  return calls;
}

let calls: Promise<WindowsCalls | null> | undefined;

/** Everything works without them, only less well. */
function unusable(error: unknown): null {
  process.emitWarning(`Windows' own functions can't be called: ${String(error)}`);
  return null;
}

/** https://learn.microsoft.com/windows/win32/api, `winnt.h` and `winbase.h`. */
const PROCESS_TERMINATE_AND_SET_QUOTA = 0x0001 | 0x0100;
const EXTENDED_LIMITS = { information: 9, bytes: 144, flagsAt: 16 };
/** A crash opens no dialog that somebody has to close. */
const DIE_ON_UNHANDLED_EXCEPTION = 0x0400;
const KILL_ON_JOB_CLOSE = 0x2000;
const FILE_ATTRIBUTE_HIDDEN = 0x02;
const ES_CONTINUOUS = 0x80000000;
const ES_SYSTEM_REQUIRED = 0x01;

async function loaded(): Promise<WindowsCalls> {
  const { default: koffi } = await import('koffi');
  const kernel = koffi.load(win32.join(win32.dirname(windowsProgram('reg')), 'kernel32.dll'));
  const openProcess = kernel.func('intptr_t OpenProcess(uint32_t, int, uint32_t)');
  const closeHandle = kernel.func('int CloseHandle(intptr_t)');
  const createJob = kernel.func('intptr_t CreateJobObjectW(void *, void *)');
  const setLimits = kernel.func('int SetInformationJobObject(intptr_t, int, void *, uint32_t)');
  const assign = kernel.func('int AssignProcessToJobObject(intptr_t, intptr_t)');
  const terminate = kernel.func('int TerminateJobObject(intptr_t, uint32_t)');
  const setAttributes = kernel.func('int SetFileAttributesW(str16, uint32_t)');
  const setState = kernel.func('uint32_t SetThreadExecutionState(uint32_t)');
  const limits = Buffer.alloc(EXTENDED_LIMITS.bytes);
  limits.writeUInt32LE(KILL_ON_JOB_CLOSE | DIE_ON_UNHANDLED_EXCEPTION, EXTENDED_LIMITS.flagsAt);
  return {
    jobAround: (pid) => {
      const job = createJob(null, null);
      const owned = openProcess(PROCESS_TERMINATE_AND_SET_QUOTA, 0, pid);
      const isIn =
        setLimits(job, EXTENDED_LIMITS.information, limits, limits.length) !== 0 &&
        assign(job, owned) !== 0;
      closeHandle(owned);
      if (!isIn) closeHandle(job);
      let isOver = !isIn;
      const end = () => {
        if (isOver) return;
        isOver = true;
        terminate(job, 1);
        closeHandle(job);
      };
      return isIn ? { end } : null;
    },
    hide: (folder) => setAttributes(win32.toNamespacedPath(folder), FILE_ATTRIBUTE_HIDDEN),
    keepAwake: (wanted) => setState(wanted ? ES_CONTINUOUS + ES_SYSTEM_REQUIRED : ES_CONTINUOUS),
  };
}
