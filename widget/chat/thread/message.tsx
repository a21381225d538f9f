import { memo } from '../memo.ts';
import { useFrame } from '../frame.ts';
import type { Key } from '../i18n.ts';
import { Icon, type IconName } from '../icons.tsx';
import { Avatar } from '../avatar.tsx';
import { RichText } from './rich-text.tsx';
import type { Mark, Message } from './timeline.ts';

const marks: Record<Mark, { icon: IconName; words: Key }> = {
  pending: { icon: 'clock', words: 'pending' },
  refused: { icon: 'alert', words: 'notSent' },
  sent: { icon: 'sent', words: 'sent' },
  delivered: { icon: 'delivered', words: 'delivered' },
  read: { icon: 'delivered', words: 'read' },
};

function Meta({ message }: { message: Message }) {
  const { t, locale } = useFrame();
  const { mark, at, name } = message;
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(at);
  return (
    <div class={`meta ${mark ?? ''}`}>
      {name && <span>{name} · </span>}
      <time dateTime={new Date(at).toISOString()}>{time}</time>
      {mark && (
        <>
          <Icon name={marks[mark].icon} size={14} />
          <span class={mark === 'read' ? '' : 'unseen'}>{t(marks[mark].words)}</span>
        </>
      )}
    </div>
  );
}

function Refused({ refOf }: { refOf: string }) {
  const { t, live } = useFrame();
  return (
    <div class="meta refused">
      <Icon name="alert" size={14} />
      <span>{t('notSent')}</span>
      <button type="button" class="text" onClick={() => live.retry(refOf)}>
        {t('tryAgain')}
      </button>
      <button type="button" class="text" onClick={() => live.discard(refOf)}>
        {t('remove')}
      </button>
    </div>
  );
}

/** One bubble; the group's last one carries time and mark. */
export const Bubble = memo(function Bubble({ message }: { message: Message }) {
  const { t } = useFrame();
  const { from, name, text, mark, first, last, key } = message;
  const classes = ['bubble', from, first && 'first', last && 'last', mark === 'pending' && 'waits'];
  return (
    <div class={classes.filter(Boolean).join(' ')}>
      {from === 'operator' && last && <Avatar name={name} />}
      {first && <span class="unseen">{from === 'visitor' ? t('you') : name}: </span>}
      <div class="words" dir="auto">
        <RichText text={text} />
      </div>
      {mark === 'refused' ? <Refused refOf={key} /> : last && <Meta message={message} />}
    </div>
  );
});
