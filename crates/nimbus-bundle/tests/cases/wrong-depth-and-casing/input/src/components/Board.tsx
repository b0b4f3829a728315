import card from "./components/Card";
import "./styles.css";
export const Board = () => <div>{card}</div>;
