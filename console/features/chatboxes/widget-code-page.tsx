import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import page from '../../core/page.module.css';
import { Domains } from '../accounts/domains.tsx';
import { Checklist } from './checklist.tsx';
import styles from './widget-code-page.module.css';
import { WithBox, WithCheck } from './with-box.tsx';

function Snippet({ code }: { code: string }) {
  const { t } = useTranslation('chatboxes');
  return (
    <section className={`${page.section} ${page.wide}`} aria-labelledby="snippet">
      <h2 id="snippet">{t('snippet.title')}</h2>
      <p>{t('snippet.says')}</p>
      <div className={styles.snippet}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre tabIndex={0} aria-label={t('snippet.label')}>
          <code>{code}</code>
        </pre>
        <CopyButton value={code} timeout={3000}>
          {({ copied, copy }) => (
            <Button
              onClick={copy}
              leftSection={
                copied ? <IconCheck size={16} stroke={1.5} /> : <IconCopy size={16} stroke={1.5} />
              }
            >
              <span aria-live="polite">{copied ? t('snippet.copied') : t('snippet.copy')}</span>
            </Button>
          )}
        </CopyButton>
      </div>
    </section>
  );
}

/** The line for the customer's web site, where it may be used, and what still keeps it from showing. */
export function WidgetCodePage() {
  const { t } = useTranslation('chatboxes');
  return (
    <main className={page.page}>
      <div className={page.content}>
        <header className={page.head}>
          <h1>{t('code.title')}</h1>
          <p>
            {t('code.says')} <Link to="/test-chat">{t('code.test')}</Link>
          </p>
        </header>
        <WithBox>
          {(box) => (
            <WithCheck box={box}>
              {(check) => (
                <>
                  <Snippet code={check.snippet} />
                  <Domains />
                  <Checklist check={check} />
                </>
              )}
            </WithCheck>
          )}
        </WithBox>
      </div>
    </main>
  );
}
