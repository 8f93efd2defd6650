/** What went wrong with an update, as sentences for the artist. */
export interface UpdateFailure {
  readonly message: string;
  readonly nextStep: string;
}

interface Words {
  /** Of an error's code, or in its message. */
  readonly sign: RegExp;
  readonly message: (host: string) => string;
  readonly nextStep: string;
}

const LATER = 'Try again later. Rendering needs no connection.';

/** By what electron-updater 6.8, Chromium's network and the system call it; the first that fits counts. */
const FAILURES: readonly Words[] = [
  {
    sign: /ERR_CHECKSUM_MISMATCH/,
    message: () =>
      'What was downloaded is not what was announced: its checksum is another. It was thrown away, and nothing was installed.',
    nextStep: 'Download it again. If that says the same, leave it and tell whoever offers it.',
  },
  {
    sign: /ERR_UPDATER_INVALID_SIGNATURE|[Cc]ode signature/,
    message: () =>
      'What was downloaded is not signed by those who signed this Nightshift. It was thrown away, and nothing was installed.',
    nextStep: 'Install the newer package by hand, from where you trust it.',
  },
  {
    sign: /ENOSPC/,
    message: () => 'There is no room on the disk for the update.',
    nextStep: 'Make room and download it again.',
  },
  {
    sign: /EACCES|EPERM|EROFS/,
    message: () => 'Nightshift may not write where the update belongs.',
    nextStep: 'Change the permissions of its folder, or install the newer package by hand.',
  },
  {
    sign: /net::ERR_(INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|NETWORK_CHANGED|ADDRESS_UNREACHABLE|PROXY_\w+)/,
    message: (host) => `There is no connection to ${host}.`,
    nextStep: LATER,
  },
  {
    sign: /net::ERR_CERT|net::ERR_SSL/,
    message: (host) => `${host} could not prove who it is, so it was not listened to.`,
    nextStep: 'See whether the clock of this computer is right, and try again later.',
  },
  {
    sign: /net::|timed out|aborted by the server|ECONN|ETIMEDOUT/,
    message: (host) => `${host} does not answer.`,
    nextStep: LATER,
  },
  {
    sign: /ERR_UPDATER_CHANNEL_FILE_NOT_FOUND|HTTP_ERROR_404|status 404/,
    message: (host) => `${host} has nothing for this kind of computer.`,
    nextStep: 'Try again later: a new version may be on its way there.',
  },
  {
    sign: /HTTP_ERROR_|status \d{3}/,
    message: (host) => `${host} answers that it can’t give it now.`,
    nextStep: LATER,
  },
];

/** @param host that was asked */
export function updateFailure(error: unknown, host: string): UpdateFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // What was answered may stand in the message, after its first line.
  const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const found = FAILURES.find(({ sign }) => sign.test(code) || sign.test(said));
  return found
    ? { message: found.message(host), nextStep: found.nextStep }
    : {
        message: `What ${host} answered could not be understood.`,
        nextStep: 'Try again later, or install the newer package by hand.',
      };
}
