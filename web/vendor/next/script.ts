// `next/script`

/** Scripts from elsewhere do not run here, so this is nothing. */
export default function Script() {
  return null;
}
