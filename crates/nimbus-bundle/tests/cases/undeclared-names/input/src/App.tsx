export default function App() {
  const total = 1;
  const handleAdd = () => addLater(total);
  return <b onClick={handleAdd} title={totl}>{<Missing />}</b>;
}
