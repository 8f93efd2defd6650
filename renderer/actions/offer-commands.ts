import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { askOrNotify } from './ask-or-notify.ts';
import { possibleCommands } from './commands.ts';

/** Keeps the application menu at what makes sense now. Returns the function that ends it. */
export function offerCommands(): () => void {
  let told = '';
  const tell = () => {
    const commands = possibleCommands();
    if (commands.join() === told) return;
    told = commands.join();
    void askOrNotify('menu:offer', { commands: [...commands] });
  };
  tell();
  const stops = [useBatch.subscribe(tell), useUi.subscribe(tell)];
  return () => {
    for (const stop of stops) stop();
  };
}
