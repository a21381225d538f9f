import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconArrowForwardUp, IconArrowLeft, IconLayoutSidebarRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import { useAction } from '../../core/actions.ts';
import { Avatar } from '../../core/avatar.tsx';
import { useOutbox } from '../../core/client.tsx';
import { duration } from '../../core/format.ts';
import { useMembership } from '../../core/membership.ts';
import { useNow } from '../../core/use-now.ts';
import styles from './chat-pane.module.css';
import type { useConversationCommands } from './commands.ts';
import { isOffered } from './ringing.ts';
import { TransferDialog } from './transfer-dialog.tsx';

type Props = {
  conversation: Conversation;
  name: string;
  commands: ReturnType<typeof useConversationCommands>;
  onBack: () => void;
  onTogglePanel: () => void;
  panelOpen: boolean;
};

function Since({ at }: { at: string }) {
  return <>{duration(useNow('second') - Date.parse(at))}</>;
}

/** Whose chat it is, and what can be done with it now. */
export function ChatHead({ conversation, name, commands, onBack, onTogglePanel, panelOpen }: Props) {
  const { t } = useTranslation('conversations');
  const { operatorId, role } = useMembership();
  const outbox = useOutbox();
  const [transferring, setTransferring] = useState(false);
  const { id, state, operator, visitor, channel, waitingSince, desk, department } = conversation;
  const mine = operator?.id === operatorId;
  const waiting = state === 'waiting';
  const open = state !== 'closed';
  const offline = channel === 'offline';
  const offered = isOffered(conversation, operatorId);
  const accepting = outbox.some(
    ({ command, refused }) =>
      command.type === 'conversation.accept' && command.conversationId === id && refused === undefined,
  );
  const confirmEnd = () =>
    modals.openConfirmModal({
      title: t('end.title'),
      children: t('end.says', { name }),
      labels: { confirm: t('end.confirm'), cancel: t('end.cancel') },
      closeButtonProps: { 'aria-label': t('end.cancel') },
      // E, Enter ends; the dialog is only there against a key pressed by mistake.
      confirmProps: { 'data-autofocus': true },
      onConfirm: commands.close,
    });
  // Nobody is there whom the end of an offline message would cut off.
  const end = offline ? commands.close : confirmEnd;
  const mayEnd = open && (mine || (waiting && offline));
  const mayDecline = offered && !offline && desk?.declined.includes(operatorId) === false;
  const mayTransfer =
    state === 'open' && !offline && (mine || role === 'administrator') && desk?.transfer == null;
  const transfer = () => setTransferring(true);
  useAction(
    waiting || offered
      ? { id: 'accept', label: t('action.accept'), keys: ['KeyA'], run: commands.accept }
      : null,
  );
  useAction(
    mayDecline ? { id: 'decline', label: t('action.decline'), keys: ['KeyD'], run: commands.decline } : null,
  );
  useAction(
    mayEnd
      ? { id: 'end', label: offline ? t('action.done') : t('action.end'), keys: ['KeyE'], run: end }
      : null,
  );
  useAction(mayTransfer ? { id: 'transfer', label: t('action.transfer'), run: transfer } : null);

  const says = !open
    ? t('state.closed')
    : waiting
      ? offline
        ? t('state.offline')
        : t('state.waiting')
      : mine
        ? t('state.mine')
        : t('state.theirs', { name: operator?.name ?? t('operator') });
  return (
    <header className={styles.head}>
      <ActionIcon
        variant="subtle"
        color="gray"
        className={styles.back}
        aria-label={t('toList')}
        onClick={onBack}
      >
        <IconArrowLeft size={18} stroke={1.5} />
      </ActionIcon>
      <Avatar name={name} seed={visitor.name ?? visitor.id} size={28} />
      <div className={styles.who}>
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p>
          {says} {waitingSince !== null && channel === 'chat' && <Since at={waitingSince} />}
          {department !== null && (
            <>
              {' · '}
              <bdi>{department.name}</bdi>
            </>
          )}
        </p>
      </div>
      {waiting && (
        <Tooltip label={t('key', { key: 'A' })}>
          <Button onClick={commands.accept} loading={accepting} aria-keyshortcuts="A">
            {t('accept')}
          </Button>
        </Tooltip>
      )}
      {waiting && mayDecline && (
        <Tooltip label={t('key', { key: 'D' })}>
          <Button variant="default" onClick={commands.decline} aria-keyshortcuts="D">
            {t('decline')}
          </Button>
        </Tooltip>
      )}
      {mayTransfer && (
        <Tooltip label={t('transfer.button')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t('transfer.button')}
            aria-haspopup="dialog"
            onClick={transfer}
          >
            <IconArrowForwardUp size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      )}
      {mayEnd && (
        <Tooltip label={t('key', { key: 'E' })}>
          <Button variant="default" onClick={end} aria-keyshortcuts="E">
            {offline ? t('end.done') : t('end.button')}
          </Button>
        </Tooltip>
      )}
      <Tooltip label={t('panel.toggle')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label={t('panel.toggle')}
          aria-expanded={panelOpen}
          onClick={onTogglePanel}
        >
          <IconLayoutSidebarRight size={18} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <TransferDialog
        conversation={conversation}
        opened={transferring}
        onClose={() => setTransferring(false)}
        onTransfer={commands.transfer}
      />
    </header>
  );
}
