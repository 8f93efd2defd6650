import { Switch as Base } from '@base-ui/react/switch';
import './Switch.css';

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Something that is on or off, with its words beside it. */
export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is a button of its own, inside.
    <label className="switch">
      <Base.Root
        className="switch-track"
        checked={checked}
        onCheckedChange={(next) => onChange(next)}
      >
        <Base.Thumb className="switch-thumb" />
      </Base.Root>
      {label}
    </label>
  );
}
