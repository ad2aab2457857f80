/** Requests that the server's document does not describe yet: what they answer is told by whoever asks. */

interface Asked {
  /** What is `null` is left out. */
  query?: Record<string, string | null>;
  body?: unknown;
}

export interface Ask {
  json: <T>(method: string, path: string, asked?: Asked) => Promise<T>;
  text: (method: string, path: string, asked?: Asked) => Promise<string>;
  blob: (method: string, path: string, asked?: Asked) => Promise<Blob>;
  nothing: (method: string, path: string, asked?: Asked) => Promise<void>;
}

/** `refusal`: why the server said no. */
export function createAsk(
  fetch: (request: Request) => Promise<Response>,
  origin: string,
  refusal: (result: { response: Response; error: unknown }) => Error,
): Ask {
  const ask = async (method: string, path: string, { query = {}, body }: Asked = {}): Promise<Response> => {
    const url = new URL(`/api/v1${path}`, origin);
    for (const [key, value] of Object.entries(query)) if (value !== null) url.searchParams.set(key, value);
    const response = await fetch(
      new Request(url, {
        method,
        credentials: 'same-origin',
        ...(body === undefined
          ? {}
          : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    );
    if (response.ok) return response;
    throw refusal({ response, error: await problemOf(response) });
  };
  return {
    json: async <T>(...asked: Parameters<typeof ask>) => (await (await ask(...asked)).json()) as T,
    text: async (...asked) => (await ask(...asked)).text(),
    blob: async (...asked) => (await ask(...asked)).blob(),
    nothing: async (...asked) => {
      await ask(...asked);
    },
  };
}

async function problemOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    // A proxy on the way says no in its own words.
    return null;
  }
}
