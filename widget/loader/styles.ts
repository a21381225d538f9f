import type { Look } from '../port.ts';

/**
 * Style of launcher and frame. `!important` on :host wins over any `!important` of the host page, and `initial`
 * keeps the host page's inherited values out.
 */
export const styles = ({ side, offsetX, offsetY, colour }: Look): string =>
  `:host{all:initial!important;position:fixed!important;z-index:2147483647!important}
button,iframe{position:fixed;${side}:${offsetX}px;border:0;padding:0}
button{bottom:${offsetY}px;width:56px;height:56px;border-radius:50%;background:${colour};cursor:pointer;box-shadow:0 4px 16px #0003;outline-offset:2px}
[hidden],i:empty{display:none}
svg{width:28px;height:28px;vertical-align:middle;fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
i{position:absolute;top:-4px;${side}:-4px;min-width:14px;padding:0 4px;border-radius:11px;background:#c0342b;color:#fff;font:600 12px/22px system-ui}
iframe{bottom:${offsetY + 68}px;width:min(380px,100% - ${offsetX * 2}px);height:min(600px,100% - ${offsetY + 88}px);border-radius:16px;background:Canvas;color-scheme:light dark;box-shadow:0 16px 48px #0003,0 0 0 1px #8883}
.open,.peek{display:block}
.peek{height:184px}
@media (prefers-reduced-motion:no-preference){.open,.peek{animation:o .15s ease-out}}
@keyframes o{0%{opacity:0;transform:translateY(8px)}}
@media (max-width:479px){.open{${side}:0;top:var(--t,0);width:100%;height:var(--h,100%);border-radius:0}.open~button{display:none}}
@media print{:host{display:none!important}}`;
