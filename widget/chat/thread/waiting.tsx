import { useRef } from 'preact/hooks';
import type { Conversation } from '#protocol/conversations.ts';
import { openingName } from '../opening-name.ts';
import { useFrame } from '../frame.ts';
import { useCell } from '../use-watched.ts';
import { LeaveEmail } from './leave-email.tsx';

/** What is honest to say while nobody has joined: the place in the queue, never a time (VI-13). */
export function Waiting({ conversation }: { conversation: Conversation }) {
  const { t, bridge, live, locale } = useFrame();
  const somebody = useCell(bridge.service).state === 'online';
  const { queue } = live.state();
  const known = queue?.conversationId === conversation.id ? queue : undefined;
  const place = known?.position ?? 1;
  // Until it is known who is there for this chat, it counts whether anybody is.
  const online = known?.online ?? somebody;
  // Who was the first from the beginning needs no queue explained.
  const stoodBehind = useRef(false);
  stoodBehind.current ||= place > 1;
  const email = live.email();

  function says(): string {
    if (!online) {
      const back = known?.opensAt ? ` ${t('backAt', { when: openingName(known.opensAt, locale) })}` : '';
      return `${t('kept')}${back} ${email ? t('willAnswer', { email }) : t('leaveEmail')}`;
    }
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
