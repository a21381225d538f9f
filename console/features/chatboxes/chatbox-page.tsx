import { useTranslation } from 'react-i18next';
import { TitledPage } from '../../core/titled-page.tsx';
import { ChatboxForm } from './chatbox-form.tsx';
import { WithBox } from './with-box.tsx';

export function ChatboxPage() {
  const { t } = useTranslation('chatboxes');
  return (
    <TitledPage title={t('box.title')} says={t('box.says')}>
      <WithBox>{(box) => <ChatboxForm key={box.id} box={box} />}</WithBox>
    </TitledPage>
  );
}
