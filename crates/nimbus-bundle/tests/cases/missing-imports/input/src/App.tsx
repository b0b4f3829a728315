export default function App() {
  const [open, setOpen] = useState(false);
  React.useEffect(() => setOpen(true), []);
  return open ? <Trash2 /> : <Item />;
}
