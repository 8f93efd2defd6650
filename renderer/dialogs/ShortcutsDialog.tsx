import { shortcutText } from '../actions/shortcuts.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import './ShortcutsDialog.css';

/** Keys, those beside each other with a comma between, and what they do. */
const KEYS: readonly (readonly [string, string])[] = [
  [shortcutText('O'), 'Add a shot folder'],
  [shortcutText('R'), 'Render or resume'],
  [shortcutText('T'), 'Render a test pass'],
  [shortcutText('P'), 'Pause, or go on'],
  [shortcutText('.'), 'Cancel the batch'],
  [shortcutText('Shift+R'), 'Retry the selected shots'],
  [shortcutText('Shift+F'), 'Render the selected shots first'],
  [shortcutText('L'), 'Leave the selected shots out of the batch'],
  [shortcutText('Shift+L'), 'Show what is left out'],
  [shortcutText('D'), 'Make a shot for each scene of the file'],
  [shortcutText('Shift+D'), 'Make a shot for each camera that is bound to a marker'],
  [shortcutText('E'), 'Export the report'],
  [shortcutText('Shift+C'), 'Copy the report'],
  [shortcutText('B'), 'Open the shot in Blender'],
  [shortcutText('F'), 'Find a shot; Enter or ↓ goes to what was found'],
  [shortcutText(','), 'Settings'],
  ['↑, ↓', 'Move through the shots, with Shift to select several'],
  [shortcutText('A'), 'Select all shots'],
  ['Alt+↑, Alt+↓', 'Move waiting shots in the order'],
  ['Shift+←, Shift+→', 'In the head of the table: make the column narrower or wider'],
  ['Menu, Shift+F10', 'What can be done with the selected shots'],
  ['Enter', 'Show the shot in the inspector'],
  ['Space', 'Look at the newest frame of the shot'],
  ['Space, ←, →', 'In the player and the viewer: play, step through the frames'],
  ['Space, Enter', 'On a picture of the morning: play the shot, look at it'],
  ['+, −, F, 1', 'In the viewer: nearer, farther, all of it, a pixel a pixel'],
  ['E, C, L', 'In the viewer: exposure, with Shift darker; false colour; the next layer'],
  ['V, M', 'In the viewer: compare with the version before; mark a picture to compare with'],
  ['W, X', 'In the viewer: wipe and flip between the two'],
  ['Page ↑, Page ↓', 'In the viewer: the shot before, the next shot'],
  ['R, A', 'On a frame: reject its picture, approve it'],
  ['Shift', 'With arrows or a click on frames: pick several for R, A and Render again'],
  ['Delete', 'Cancel the selected shots'],
  ['Escape', 'Close the inspector'],
];

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal
      title="Keyboard shortcuts"
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      <dl className="shortcuts" tabIndex={0}>
        {KEYS.map(([keys, words]) => (
          <div key={keys}>
            <dt>
              {keys.split(', ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
