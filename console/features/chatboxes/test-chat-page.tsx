import { IconExternalLink } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import page from '../../core/page.module.css';
import { Checklist } from './checklist.tsx';
import styles from './test-chat-page.module.css';
import { WithBox, WithCheck } from './with-box.tsx';

/** VI-14: the account's own widget on a blank page, beside what may be missing. */
export function TestChatPage() {
  const { t } = useTranslation('chatboxes');
  return (
    <main className={page.page}>
      <div className={styles.test}>
        <WithBox>
          {(box) => (
            <WithCheck box={box}>
              {(check) => (
                <>
                  <div className={styles.words}>
                    <header className={page.head}>
                      <h1>{t('test.title')}</h1>
                      <p>{t('test.says')}</p>
                    </header>
                    <a href={check.testPage} target="_blank" rel="noopener" className={styles.open}>
                      {t('test.open')}
                      <IconExternalLink size={14} stroke={1.5} aria-hidden />
                    </a>
                    <Checklist check={check} />
                  </div>
                  <iframe className={styles.frame} src={check.testPage} title={t('test.frame')} />
                </>
              )}
            </WithCheck>
          )}
        </WithBox>
      </div>
    </main>
  );
}
