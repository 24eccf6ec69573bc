export function Tour() {
  return <p>tour</p>;
}
