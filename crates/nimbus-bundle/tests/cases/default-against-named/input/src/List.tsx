export default function List() {
  return <ul />;
}
