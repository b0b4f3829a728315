export default function App() {
  return <div><p>hi</div>;
}
