import { useState } from 'react';

type Draft<T> = { values: T; from: string };

/**
 * A form over something that others change too. Untouched, it shows the newest; touched, it keeps what was written and
 * says when the ground has moved (`changedElsewhere`). `stored` must be plain data.
 */
export function useDraft<T>(stored: T) {
  const now = JSON.stringify(stored);
  const [draft, setDraft] = useState<Draft<T> | null>(null);
  // What was saved is shown until the change itself has come by the line.
  const [saved, setSaved] = useState<Draft<T> | null>(null);
  const kept = saved?.from === now ? saved.values : stored;
  const values = draft?.values ?? kept;
  return {
    values,
    dirty: draft !== null && JSON.stringify(draft.values) !== JSON.stringify(kept),
    changedElsewhere: draft !== null && draft.from !== now && JSON.stringify(draft.values) !== now,
    change: (part: Partial<T>) => setDraft({ values: { ...values, ...part }, from: draft?.from ?? now }),
    discard: () => setDraft(null),
    settle: () => {
      setSaved({ values, from: now });
      setDraft(null);
    },
  };
}
