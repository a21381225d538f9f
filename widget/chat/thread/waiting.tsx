import { useRef } from 'preact/hooks';
import type { Conversation } from '#protocol/conversations.ts';
import { useFrame } from '../frame.ts';
import { useCell } from '../use-watched.ts';
import { LeaveEmail } from './leave-email.tsx';

/** What is honest to say while nobody has joined: the place in the queue, never a time (VI-13). */
export function Waiting({ conversation }: { conversation: Conversation }) {
  const { t, bridge, live } = useFrame();
  const online = useCell(bridge.presence) === 'online';
  const { queue } = live.state();
  const place = queue?.conversationId === conversation.id ? queue.position : 1;
  // Who was the first from the beginning needs no queue explained.
  const stoodBehind = useRef(false);
  stoodBehind.current ||= place > 1;
  const email = live.email();

  function says(): string {
    if (!online) return `${t('kept')} ${email ? t('willAnswer', { email }) : t('leaveEmail')}`;
    if (place > 1) return t('place', { place });
    return t(stoodBehind.current ? 'next' : 'waiting');
  }
  return (
    <>
      <p class="system" role="status">
        {says()}
      </p>
      {!online && !email && <LeaveEmail />}
    </>
  );
}
