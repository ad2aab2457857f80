/** News of the computer's network, as far as the browser tells. */

/** `moved`: another network, or the same one again. `stirred`: something about it has changed, perhaps only its speed. */
export type NetworkNews = 'moved' | 'stirred';

/** Chromium alone has it; `type` is told on mobile devices alone. */
interface Connection extends EventTarget {
  type?: string;
}

/** Returns the function that ends the watch. */
export function watchNetwork(told: (news: NetworkNews) => void): () => void {
  const { connection } = navigator as { connection?: Connection };
  let type = connection?.type;
  const online = () => told('moved');
  const changed = () => {
    const before = type;
    type = connection?.type;
    told(type === before ? 'stirred' : 'moved');
  };
  window.addEventListener('online', online);
  connection?.addEventListener('change', changed);
  return () => {
    window.removeEventListener('online', online);
    connection?.removeEventListener('change', changed);
  };
}
