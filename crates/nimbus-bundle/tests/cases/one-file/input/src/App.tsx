import { useState } from "react";

export default function App() {
  const [count, setCount] = useState<number>(0);
  return <button className="p-4 hover:bg-red-500" onClick={() => setCount(count + 1)}>{count}</button>;
}
