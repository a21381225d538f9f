import { useTranslation } from 'react-i18next';
import page from '../../core/page.module.css';
import { ChatboxForm } from './chatbox-form.tsx';
import { WithBox } from './with-box.tsx';

export function ChatboxPage() {
  const { t } = useTranslation('chatboxes');
  return (
    <div className={page.content}>
      <header className={page.head}>
        <h1>{t('box.title')}</h1>
        <p>{t('box.says')}</p>
      </header>
      <WithBox>{(box) => <ChatboxForm key={box.id} box={box} />}</WithBox>
    </div>
  );
}
