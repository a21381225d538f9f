import { Link, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMembership } from './core/membership.ts';
import styles from './settings-layout.module.css';

const SECTIONS = [
  { to: '/settings/account', text: 'account', administrator: true },
  { to: '/settings/chatbox', text: 'chatbox', administrator: true },
  { to: '/settings/operators', text: 'operators', administrator: true },
  { to: '/settings/departments', text: 'departments', administrator: true, apart: true },
  { to: '/settings/url-routing', text: 'urls', administrator: true },
  { to: '/settings/languages', text: 'languages', administrator: true },
  { to: '/settings/destinations', text: 'destinations', administrator: true },
  { to: '/settings/business-hours', text: 'hours', administrator: true },
  { to: '/settings/queue', text: 'queue', administrator: true },
  { to: '/settings/simulator', text: 'simulator', administrator: true },
  { to: '/settings/offline-messages', text: 'offline', administrator: true, apart: true },
  { to: '/settings/email', text: 'email', administrator: true },
  { to: '/settings/profile', text: 'profile', administrator: false, apart: true },
  { to: '/settings/companies', text: 'companies', administrator: false },
  { to: '/settings/security', text: 'security', administrator: false },
  { to: '/settings/appearance', text: 'appearance', administrator: false },
  { to: '/settings/sounds', text: 'sounds', administrator: false },
] as const;

/** Section names at the left, the section's page beside them. */
export function SettingsLayout() {
  const { t } = useTranslation('core');
  const { role } = useMembership();
  return (
    <div className={styles.settings}>
      <nav className={styles.sections} aria-label={t('settings.sections')}>
        {SECTIONS.filter((section) => role === 'administrator' || !section.administrator).map((section) => (
          <Link
            key={section.to}
            to={section.to}
            ref={(link) => {
              // On a phone the sections are a bar that scrolls.
              if (link?.ariaCurrent === 'page') link.scrollIntoView({ inline: 'nearest', block: 'nearest' });
            }}
            className={styles.section}
            data-apart={'apart' in section || undefined}
            activeProps={{ 'aria-current': 'page' }}
          >
            {t(`settings.${section.text}`)}
          </Link>
        ))}
      </nav>
      <main className={styles.page}>
        <Outlet />
      </main>
    </div>
  );
}
