import { IconUsers } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { languageName } from '../../core/languages.ts';
import { PresenceDot } from '../../core/presence-dot.tsx';
import styles from './target-list.module.css';
import type { Target } from './targets.ts';

type Props = {
  id: string;
  targets: readonly Target[];
  /** Index of the one that Enter takes; -1 none. */
  active: number;
  language: string;
  onChoose: (target: Target) => void;
};

export const optionId = (list: string, index: number): string => `${list}-${index}`;

/** Colleagues and departments as the options of the field that names this list. The pointer never takes its focus. */
export function TargetList({ id, targets, active, language, onChoose }: Props) {
  const { t } = useTranslation('conversations');
  const { t: words } = useTranslation('operators');
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div ref={list} id={id} role="listbox" aria-label={t('transfer.list')} className={styles.list}>
      {targets.map((target, index) => {
        const away = target.kind === 'operator' ? target.status !== 'online' : target.there === 0;
        return (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field has the keys
          <div
            key={target.id}
            id={optionId(id, index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={styles.option}
            data-away={away || undefined}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(target)}
          >
            {target.kind === 'operator' ? (
              <PresenceDot status={target.status} />
            ) : (
              <IconUsers size={14} stroke={1.5} aria-hidden />
            )}
            <span className={styles.name}>
              <bdi>{target.name}</bdi>
              <span className={styles.meta}>
                {target.kind === 'operator' ? target.handle : t('transfer.department')}
              </span>
            </span>
            {!target.speaks && (
              <span className={styles.not}>
                {language === 'und'
                  ? t('transfer.speaksNotTheirs')
                  : t('transfer.speaksNot', { language: languageName(language) })}
              </span>
            )}
            <span className={styles.meta}>
              {target.kind === 'operator'
                ? words(`status.${target.status}`)
                : target.there === 0
                  ? t('transfer.nobody')
                  : t('transfer.there', { count: target.there })}
            </span>
          </div>
        );
      })}
    </div>
  );
}
