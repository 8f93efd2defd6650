import { ORIGIN } from '../desktop/app-protocol.ts';

/** Who called: the frame's URL and whether it is the window's main frame. */
export interface Sender {
  readonly url: string;
  readonly mainFrame: boolean;
}

/** True for the page of our own window, and for no frame inside it. */
export function isOurWindow({ url, mainFrame }: Sender): boolean {
  if (!mainFrame || !URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}` === ORIGIN;
}
