import { Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import { optionId, TargetList } from './target-list.tsx';
import { matching, type Target } from './targets.ts';
import { useTargets } from './use-targets.ts';

type Props = { conversation: Conversation; onTransfer: (to: Target) => void };

/** OC-12: the same as `/t`, by menu. */
export function TransferDialog({
  opened,
  onClose,
  ...inside
}: Props & { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('conversations');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('transfer.title')}
      closeButtonProps={{ 'aria-label': t('transfer.close') }}
    >
      <Inside
        {...inside}
        onTransfer={(to) => {
          onClose();
          inside.onTransfer(to);
        }}
      />
    </Modal>
  );
}

function Inside({ conversation, onTransfer }: Props) {
  const { t } = useTranslation('conversations');
  const all = useTargets(conversation);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const targets = matching(all, query);
  const at = Math.min(active, targets.length - 1);
  const chosen = targets[at];
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setActive((at + 1) % Math.max(1, targets.length));
    else if (event.key === 'ArrowUp') setActive((at - 1 + targets.length) % Math.max(1, targets.length));
    else if (event.key === 'Enter' && chosen !== undefined) onTransfer(chosen);
    else return;
    event.preventDefault();
  }
  return (
    <>
      <TextInput
        aria-label={t('transfer.search')}
        placeholder={t('transfer.search')}
        leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
        data-autofocus
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={targets.length > 0}
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : optionId(list, at)}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      {targets.length > 0 ? (
        <TargetList
          id={list}
          targets={targets}
          active={at}
          language={conversation.language}
          onChoose={onTransfer}
        />
      ) : (
        <p role="status">{all.length === 0 ? t('transfer.alone') : t('transfer.none')}</p>
      )}
    </>
  );
}
