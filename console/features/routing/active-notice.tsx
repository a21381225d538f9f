import { IconRoute } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { activeRouting } from '#protocol/active-routing.ts';
import type { Routing } from '#protocol/routing.ts';
import styles from './routing.module.css';

/** OP-10: which of departments and URL routing is active now, and why the other is not. */
export function ActiveNotice({ routing }: { routing: Routing }) {
  const { t } = useTranslation('routing');
  const active = activeRouting(routing);
  const { departments, rules, settings } = routing;
  const idle =
    active === 'urls' && departments.length > 0
      ? 'departmentsIdle'
      : active === 'departments' && rules.length > 0
        ? 'urlsIdle'
        : active === 'everybody' && settings.urlRouting
          ? 'noRules'
          : null;
  return (
    <p className={styles.notice} role="status">
      <IconRoute size={18} stroke={1.5} aria-hidden />
      <span>
        <strong>{t(`active.${active}`)}</strong> {t(`active.${active}Says`)}{' '}
        {idle !== null && t(`active.${idle}`)}
      </span>
    </p>
  );
}
