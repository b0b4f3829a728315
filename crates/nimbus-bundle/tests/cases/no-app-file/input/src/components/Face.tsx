export default function Face() {
  return <b>12</b>;
}
