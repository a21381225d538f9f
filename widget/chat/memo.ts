import { Component, type ComponentType, h } from 'preact';

function same(one: object, other: object): boolean {
  const [left, right] = [one, other] as Record<string, unknown>[];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => {
    const [a, b] = [left?.[name], right?.[name]];
    return a === b || (typeof a === 'object' && typeof b === 'object' && a && b && same(a, b));
  });
}

/** Draws again only when a property differs by value: a long log stays cheap. */
export function memo<Props extends object>(draw: ComponentType<Props>): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !same(this.props, next);
    }
    override render() {
      return h(draw as ComponentType<object>, this.props);
    }
  };
}
