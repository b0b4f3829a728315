export default function Row({ name }: { name: string }) {
  return <p className="text-sm">{name}</p>;
}
