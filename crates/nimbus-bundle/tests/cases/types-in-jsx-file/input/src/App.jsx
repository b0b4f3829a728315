export default function App({ n = 1 }: { n?: number }) {
  return <b>{n as number}</b>;
}
