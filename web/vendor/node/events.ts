// Node's `events`: an emitter.

type Listener = (...values: unknown[]) => void;

export class EventEmitter {
  #listeners = new Map<string | symbol, Listener[]>();

  on(event: string | symbol, listener: Listener): this {
    this.#listeners.set(event, [...this.listeners(event), listener]);
    return this;
  }

  once(event: string | symbol, listener: Listener): this {
    const first: Listener = (...values) => {
      this.off(event, first);
      listener.apply(this, values);
    };
    return this.on(event, first);
  }

  off(event: string | symbol, listener: Listener): this {
    const rest = this.listeners(event);
    const at = rest.lastIndexOf(listener);
    if (at >= 0) rest.splice(at, 1);
    this.#listeners.set(event, rest);
    return this;
  }

  emit(event: string | symbol, ...values: unknown[]): boolean {
    const told = this.listeners(event);
    for (const listener of told) listener.apply(this, values);
    return told.length > 0;
  }

  listeners(event: string | symbol): Listener[] {
    return [...(this.#listeners.get(event) ?? [])];
  }

  listenerCount(event: string | symbol): number {
    return this.listeners(event).length;
  }

  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) this.#listeners.clear();
    else this.#listeners.delete(event);
    return this;
  }

  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }

  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }
}

export default EventEmitter;
