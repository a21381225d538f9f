/** How long an operator's last line may be closed, in ms. */
export type Absence = {
  /** A reload or a short cut is not an absence: until then nobody is told. */
  graceMs: number;
  /** From when it was first seen absent until its unanswered chats go back to the queue (OP-14). */
  lostAfterMs: number;
};

export const usualAbsence: Absence = { graceMs: 10_000, lostAfterMs: 35_000 };
