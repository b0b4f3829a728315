import Face from "./Face";
export default function Timer() {
  return <Face />;
}
