import { app, type Session, shell } from 'electron';

/** Writing text to the clipboard is the one thing that the window may ask of the browser. */
const ALLOWED = 'clipboard-sanitized-write';

/** The window shows our own page and nothing else: no navigation, no new windows, no permissions. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
  });
}

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === ALLOWED),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === ALLOWED);
  session.setDevicePermissionHandler(() => false);
}

/** Only web pages may leave the app: a `file:` or program URL would run things. */
function openOutside(url: string): void {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') {
    shell.openExternal(url).catch((error: unknown) => console.error(error));
  }
}
