/** Sends a file, and tells how much of it has gone out: `fetch` cannot. */
export interface Upload {
  method: 'POST' | 'PUT';
  url: string;
  file: File;
  /** `part`: from 0 to 1. */
  onProgress: (part: number) => void;
}

/** Rejects with a `TypeError` when nothing comes back, as `fetch` does. */
export type Send = (upload: Upload) => Promise<Response>;

export const sendFile: Send = ({ method, url, file, onProgress }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader('Content-Type', typeOf(file));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onerror = () => reject(new TypeError('the file could not be sent'));
    request.onload = () => {
      const type = request.getResponseHeader('Content-Type');
      const headers: Record<string, string> = type === null ? {} : { 'Content-Type': type };
      // Some answers must not have a body, not even an empty one.
      const body = request.responseText === '' ? null : request.responseText;
      resolve(new Response(body, { status: request.status, headers }));
    };
    request.send(file);
  });

/** Browsers call some sounds videos, and others nothing at all; the server looks into the file. */
function typeOf({ type }: File): string {
  return type.startsWith('audio/') ? type : 'audio/unknown';
}
