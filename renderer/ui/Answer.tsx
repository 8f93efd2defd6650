import type { ReactNode } from 'react';
import './Answer.css';

/** Answers under each other, the harmless one first. */
export function Answers({ children }: { readonly children: ReactNode }) {
  return <div className="answers">{children}</div>;
}

interface AnswerProps {
  readonly ref?: React.Ref<HTMLButtonElement>;
  readonly title: string;
  readonly what: string;
  readonly onPick: () => void;
}

/** One of several answers to a question, with what comes of it. */
export function Answer({ ref, title, what, onPick }: AnswerProps) {
  return (
    <button ref={ref} type="button" className="answer" onClick={onPick}>
      <span className="answer-title">{title}</span>
      <span className="answer-what">{what}</span>
    </button>
  );
}
