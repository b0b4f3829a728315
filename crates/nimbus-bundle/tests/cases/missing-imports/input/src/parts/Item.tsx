export function Item() {
  return <i />;
}
