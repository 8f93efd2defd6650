import type { ComponentProps } from 'react';
import './Button.css';

interface ButtonProps extends ComponentProps<'button'> {
  /** One `primary` in the window at most: the next sensible act. */
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly small?: boolean;
}

export function Button({ look = 'plain', small = false, className, ...rest }: ButtonProps) {
  const classes = ['button', look, small && 'small', className].filter(Boolean).join(' ');
  return <button type="button" {...rest} className={classes} />;
}

/** Only a picture; `label` is its name and its hint. */
export function IconButton({
  label,
  ...rest
}: ComponentProps<'button'> & { readonly label: string }) {
  return (
    <button type="button" aria-label={label} title={label} {...rest} className="icon-button" />
  );
}
