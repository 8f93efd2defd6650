import { type TestPass, testChips } from '../../shared/test-pass.ts';
import './TestChips.css';

/** That a batch is a test pass, and what it renders otherwise than the finals; nothing for these. */
export function TestChips({ test }: { readonly test: TestPass | undefined }) {
  if (!test) return null;
  return (
    <span className="test-chips">
      <span className="test-chip test-mark">Test</span>
      {testChips(test).map((chip) => (
        <span key={chip} className="test-chip cut">
          {chip}
        </span>
      ))}
    </span>
  );
}
