import { useState } from 'preact/hooks';
import type { Conversation } from '#protocol/conversations.ts';
import { EmailField } from '../forms/field.tsx';
import { useFrame } from '../frame.ts';
import { isEmail } from '../text.ts';
import { useCell } from '../use-watched.ts';

/** What is honest to say while nobody has joined (VI-13). */
export function Waiting({ conversation }: { conversation: Conversation }) {
  const { t, bridge, live } = useFrame();
  const online = useCell(bridge.presence) === 'online';
  const [email, setEmail] = useState('');
  const [told, setTold] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const known = conversation.visitor.email ?? told;

  if (online) return <p class="system">{t('waiting')}</p>;
  if (known) return <p class="system">{t('willAnswer', { email: known })}</p>;
  return (
    <form
      class="leave"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const address = email.trim();
        setWrong(!isEmail(address));
        if (!isEmail(address)) return;
        live.tellEmail(address);
        setTold(address);
      }}
    >
      <p>{t('leaveEmail')}</p>
      <div class="inline">
        <EmailField value={email} onValue={setEmail} required wrong={wrong} bare />
        <button type="submit" class="primary">
          {t('send')}
        </button>
      </div>
    </form>
  );
}
