import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useFrame } from '../frame.ts';
import { Icon } from '../icons.tsx';
import { TEXT_LIMIT, clean } from '../text.ts';
import { useCell } from '../use-watched.ts';

const COUNT_FROM = TEXT_LIMIT - 400;

/** Where the visitor writes. Enter sends, except while an input method composes; Shift+Enter is a new line. */
export function Composer() {
  const { t, live, draft } = useFrame();
  const text = useCell(draft);
  const area = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const { current } = area;
    if (!current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);
  useEffect(() => () => live.typing(false), [live]);

  function send(): void {
    const words = clean(text);
    if (!words) return;
    live.typing(false);
    live.post(words);
    draft.set('');
    area.current?.focus();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="field">
        <textarea
          ref={area}
          rows={1}
          // Empty, it would be left to right, and its placeholder with it.
          dir={text ? 'auto' : undefined}
          maxLength={TEXT_LIMIT}
          value={text}
          placeholder={t('write')}
          aria-label={t('message')}
          enterkeyhint="send"
          data-focus
          onInput={(event) => {
            draft.set(event.currentTarget.value);
            live.typing(event.currentTarget.value !== '');
          }}
          onKeyDown={(event) => {
            // Safari ends a composition before this event; its key code still says so.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="send" disabled={!clean(text)} aria-label={t('send')}>
          <Icon name="send" />
        </button>
      </div>
      {text.length > COUNT_FROM && (
        <p class="count" aria-live="polite">
          {t('charactersLeft', { n: TEXT_LIMIT - text.length })}
        </p>
      )}
    </form>
  );
}
