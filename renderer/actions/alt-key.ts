/**
 * Keeps the focus where it is when Alt is let go after Alt+↑ and its like. Alt pressed and released alone goes to the
 * menu bar, and Electron, which never hears of a key that the page took, believes that it was alone.
 */
export function keepAltFromMenuBar(): () => void {
  let used = false;
  const onDown = ({ key, altKey, repeat, defaultPrevented }: KeyboardEvent) => {
    if (key !== 'Alt') used ||= altKey && defaultPrevented;
    else if (!repeat) used = false;
  };
  const onUp = (event: KeyboardEvent) => {
    if (event.key !== 'Alt' || !used) return;
    used = false;
    event.preventDefault();
  };
  window.addEventListener('keydown', onDown);
  window.addEventListener('keyup', onUp);
  return () => {
    window.removeEventListener('keydown', onDown);
    window.removeEventListener('keyup', onUp);
  };
}
