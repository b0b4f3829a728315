import { Plus, Trash2 as Bin } from "lucide-react";
import type { Item } from "./types";
import Row from "@/components/Row";
import seed from "./seed.json";
import logo from "./logo.svg";
import help from "./help.md?raw";
import styles from "./App.module.css";
import "./styles.css";

export default function App() {
  const items: Item[] = seed.items;
  return (
    <main className={styles.page} title={help}>
      <img src={logo} alt="" />
      <Plus /> <Bin />
      {items.map((item) => <Row key={item.name} {...item} />)}
      {import.meta.env.DEV ? "dev" : process.env.API_URL}
    </main>
  );
}
