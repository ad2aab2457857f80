/** Answers of the fake server. */
export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json' } });
}

export function none(): Response {
  return new Response(null, { status: 204 });
}

export function problem(
  status: number,
  code: string,
  headers: Record<string, string> = {},
  errors: { field: string; message: string }[] = [],
  some: { detail?: string; reason?: string } = {},
): Response {
  const value = { type: 'about:blank', title: code, status, code, detail: code, errors, ...some };
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}
