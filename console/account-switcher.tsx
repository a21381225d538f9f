import { Menu, UnstyledButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Me } from '#protocol/auth.ts';
import styles from './account-switcher.module.css';
import { useAction } from './core/actions.ts';
import { Avatar } from './core/avatar.tsx';
import { CountBadge } from './core/count-badge.tsx';
import { type Membership, useMembership } from './core/membership.ts';
import { useUi } from './core/ui-store.ts';
import { useDuties } from './features/conversations/duties.ts';

/** Shows another account; its line is open all the time, so it is there at once. */
function useSwitch(): (membership: Membership) => void {
  const navigate = useNavigate();
  return ({ operatorId }) => {
    useUi.setState({ operatorId });
    void navigate({ to: '/' });
  };
}

/** What is open in the accounts that are not on the screen. */
export function useOpenElsewhere(): number {
  const { operatorId } = useMembership();
  const duties = useDuties();
  return Object.entries(duties).reduce((sum, [id, duty]) => (id === operatorId ? sum : sum + duty.open), 0);
}

/** AC-03: the accounts that I serve, each with what is open in it, as items of a menu. */
export function AccountItems({ me }: { me: Me }) {
  const { t } = useTranslation('core');
  const { operatorId } = useMembership();
  const duties = useDuties();
  const work = useSwitch();
  return (
    <Menu.RadioGroup
      value={operatorId}
      onChange={(next) => {
        const chosen = me.memberships.find((one) => one.operatorId === next);
        if (chosen !== undefined) work(chosen);
      }}
    >
      {me.memberships.map((one) => {
        const open = duties[one.operatorId]?.open ?? 0;
        return (
          <Menu.RadioItem key={one.operatorId} value={one.operatorId} closeMenuOnClick>
            <span className={styles.item}>
              <Avatar name={one.account.title} size={20} />
              <span className={styles.title} dir="auto">
                {one.account.title}
              </span>
              {open > 0 && (
                <>
                  <CountBadge count={open} />
                  <span className="visually-hidden">{t('account.open', { count: open })}</span>
                </>
              )}
            </span>
          </Menu.RadioItem>
        );
      })}
    </Menu.RadioGroup>
  );
}

/** At the top of the rail, for who serves several accounts. */
export function AccountSwitcher({ me }: { me: Me }) {
  const { t } = useTranslation('core');
  const { account } = useMembership();
  const elsewhere = useOpenElsewhere();
  if (me.memberships.length < 2) return null;
  const name = { account: account.title };
  return (
    <>
      <Menu position="right-start" width={260} withinPortal>
        <Menu.Target>
          <UnstyledButton className={styles.switcher}>
            <Avatar name={account.title} size={32} />
            <span className="visually-hidden">
              {elsewhere > 0
                ? t('account.switcherOthers', { ...name, count: elsewhere })
                : t('account.switcher', name)}
            </span>
            {elsewhere > 0 && <CountBadge className={styles.badge} count={elsewhere} />}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('account.accounts')}</Menu.Label>
          <AccountItems me={me} />
        </Menu.Dropdown>
      </Menu>
      {me.memberships.map((one) => (
        <SwitchAction key={one.operatorId} membership={one} />
      ))}
    </>
  );
}

/** In the palette. */
function SwitchAction({ membership }: { membership: Membership }) {
  const { t } = useTranslation('core');
  const { operatorId } = useMembership();
  const work = useSwitch();
  const id = membership.operatorId;
  const label = t('account.switch', { account: membership.account.title });
  useAction(id === operatorId ? null : { id: `work-${id}`, label, run: () => work(membership) });
  return null;
}
