import type { Bridge } from '../bridge/bridge.ts';
import { inkOn, luminance } from '../contrast.ts';

const PALE = 0.8;
const DEEP = 0.02;

/** The box's colour and what is readable on it, now and whenever it is changed. */
export function paintBrand({ service }: Bridge): void {
  const { style, classList } = document.documentElement;
  const paint = () => {
    const { colour } = service.get().settings;
    const light = luminance(colour);
    style.setProperty('--brand', colour);
    style.setProperty('--ink', inkOn(colour));
    // A brand colour that is nearly the background's gets a rim.
    classList.toggle('pale', light > PALE);
    classList.toggle('deep', light < DEEP);
  };
  service.watch(paint);
  paint();
}
