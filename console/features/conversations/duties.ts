import { create } from 'zustand';

/** What one membership has to do now. */
export type Duty = {
  /** Chats that ring for it (ringing.ts). */
  ringing: number;
  /** Those, offline messages, and own chats with something unread. */
  open: number;
  /** Own chats that are not ended. */
  mine: number;
};

/** By operator id; only those whose line is there. */
export const useDuties = create<Readonly<Record<string, Duty>>>()(() => ({}));

export function setDuty(operatorId: string, duty: Duty | null): void {
  const { [operatorId]: before, ...others } = useDuties.getState();
  if (duty === null) useDuties.setState(others, true);
  else if (before === undefined || WORDS.some((word) => before[word] !== duty[word]))
    useDuties.setState({ ...others, [operatorId]: duty }, true);
}

const WORDS = ['ringing', 'open', 'mine'] as const satisfies (keyof Duty)[];
