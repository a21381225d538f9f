import type { Thread } from '#client/state.ts';

/** Whether a chat is an offline message because nobody took it in time (VI-13); not one that was left as such. */
export const isMissed = ({ conversation, entries }: Thread): boolean =>
  conversation.channel === 'offline' && entries.some(({ what }) => what.kind === 'missed');
