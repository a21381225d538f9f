import { IconAlertCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { WidgetCheck } from '#protocol/chatboxes.ts';
import styles from './checklist.module.css';

/** "Why is my widget not showing?", in the order to mend it (VI-14). */
export function Checklist({ check }: { check: WidgetCheck }) {
  const { t } = useTranslation('chatboxes');
  return (
    <section className={styles.checklist} aria-labelledby="checklist">
      <h2 id="checklist">{t('check.title')}</h2>
      <ol>
        {check.points.map((point) => (
          <li key={point.code} data-ok={point.ok}>
            {point.ok ? (
              <IconCircleCheck size={18} stroke={1.5} aria-hidden />
            ) : (
              <IconAlertCircle size={18} stroke={1.5} aria-hidden />
            )}
            <p>
              <span className="visually-hidden">{point.ok ? t('check.ok') : t('check.missing')} </span>
              {point.says} {point.fix !== null && <Fix code={point.code} path={point.fix} />}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Fix({ code, path }: { code: WidgetCheck['points'][number]['code']; path: string }) {
  const { t } = useTranslation('chatboxes');
  // The server names a path of this console; only such a path becomes a link.
  if (!/^\/(?![/\\])/.test(path)) return null;
  return (
    <Link to={path} className={styles.fix}>
      {t(`check.fix.${code}`)}
    </Link>
  );
}
