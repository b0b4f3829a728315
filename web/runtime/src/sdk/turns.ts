const last = new Map<string, Promise<unknown>>();

/** Does something when all that was to be done before under the same key is done, or has failed. */
export function inTurn<T>(key: string, act: () => Promise<T>): Promise<T> {
  const mine = (last.get(key) ?? Promise.resolve()).then(act, act);
  last.set(key, mine);
  const over = () => {
    if (last.get(key) === mine) last.delete(key);
  };
  mine.then(over, over);
  return mine;
}
