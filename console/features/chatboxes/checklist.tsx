import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconCircleCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { uuidv7 } from '#client/ref.ts';
import type { WidgetCheck } from '#protocol/chatboxes.ts';
import { useClient } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { returnPath } from '../../core/return-path.ts';
import styles from './checklist.module.css';

/** "Why is my widget not showing?", in the order to mend it (VI-14). */
export function Checklist({ check }: { check: WidgetCheck }) {
  const { t } = useTranslation('chatboxes');
  return (
    <section className={styles.checklist} aria-labelledby="checklist">
      <h2 id="checklist">{t('check.title')}</h2>
      <p className={styles.shows}>{t(`check.shows.${check.shows}`)}</p>
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
  const client = useClient();
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const here = useLocation({ select: (location) => location.pathname });
  if (code === 'online') {
    const goOnline = () => {
      client
        .send({ type: 'status.set', ref: uuidv7(), status: 'online' })
        .catch((error: unknown) => notifications.show({ message: (error as Error).message }))
        .finally(() => void queries.invalidateQueries({ queryKey: ['widget-check', operatorId] }));
    };
    return (
      <Anchor component="button" type="button" fz="inherit" underline="always" onClick={goOnline}>
        {t('check.fix.online')}
      </Anchor>
    );
  }
  // The server names a path of this console, perhaps with a place on it.
  const url = new URL(returnPath(path), location.origin);
  if (url.pathname === here) {
    return (
      <Anchor fz="inherit" underline="always" href={url.hash}>
        {t(`check.fix.${code}`)}
      </Anchor>
    );
  }
  return (
    <Link to={url.pathname} hash={url.hash.slice(1)} className={styles.fix}>
      {t(`check.fix.${code}`)}
    </Link>
  );
}
