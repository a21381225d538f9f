import { create } from 'zustand';

/** What one membership has to do now. */
export type Duty = {
  /** Visitors who wait in a chat. */
  waiting: number;
  /** Waiting of any kind, and own chats with something unread. */
  open: number;
  /** Own chats that are not ended. */
  mine: number;
  /** Somebody waits, and this membership is online. */
  rings: boolean;
};

/** By operator id; only those whose line is there. */
export const useDuties = create<Readonly<Record<string, Duty>>>()(() => ({}));

export function setDuty(operatorId: string, duty: Duty | null): void {
  const { [operatorId]: before, ...others } = useDuties.getState();
  if (duty === null) useDuties.setState(others, true);
  else if (before === undefined || WORDS.some((word) => before[word] !== duty[word]))
    useDuties.setState({ ...others, [operatorId]: duty }, true);
}

const WORDS = ['waiting', 'open', 'mine', 'rings'] as const satisfies (keyof Duty)[];
