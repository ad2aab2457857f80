// Stands in for the output of `npm run generate` until the server's OpenAPI document exists.
export interface paths {
  '/api/v1/session': {
    get: { responses: { 200: Json<components['schemas']['Session']>; default: Problem } };
    post: {
      requestBody: { content: { 'application/json': { name: string; password: string } } };
      responses: { 200: Json<components['schemas']['Session']>; default: Problem };
    };
    delete: { responses: { 204: None; default: Problem } };
  };
  '/api/v1/me': { get: { responses: { 200: Json<components['schemas']['Me']>; default: Problem } } };
  '/api/v1/me/password': {
    put: {
      requestBody: { content: { 'application/json': { current: string; new: string } } };
      responses: { 204: None; default: Problem };
    };
  };
  '/api/v1/users': {
    get: { responses: { 200: Json<{ users: components['schemas']['User'][] }>; default: Problem } };
    post: {
      requestBody: { content: { 'application/json': components['schemas']['NewUser'] } };
      responses: { 201: Json<components['schemas']['User']>; default: Problem };
    };
  };
  '/api/v1/users/{id}': {
    parameters: { path: { id: string } };
    patch: {
      parameters: { path: { id: string } };
      requestBody: { content: { 'application/json': Partial<components['schemas']['NewUser']> } };
      responses: { 200: Json<components['schemas']['User']>; default: Problem };
    };
    delete: { parameters: { path: { id: string } }; responses: { 204: None; default: Problem } };
  };
  '/api/v1/devices': {
    get: { responses: { 200: Json<{ devices: components['schemas']['Device'][] }>; default: Problem } };
    post: {
      requestBody: { content: { 'application/json': components['schemas']['NewDevice'] } };
      responses: {
        201: Json<{ device: components['schemas']['Device']; secret: string }>;
        default: Problem;
      };
    };
  };
  '/api/v1/devices/{id}': {
    delete: { parameters: { path: { id: string } }; responses: { 204: None; default: Problem } };
  };
  '/api/v1/devices/{id}/secret': {
    post: {
      parameters: { path: { id: string } };
      responses: { 200: Json<{ secret: string }>; default: Problem };
    };
  };
  '/api/v1/calls': {
    get: {
      parameters: { query?: { limit?: number; before?: string; all?: boolean } };
      responses: {
        200: Json<{ calls: components['schemas']['Call'][]; next: string | null }>;
        default: Problem;
      };
    };
  };
}
interface Json<T> {
  content: { 'application/json': T };
}
interface None {
  content?: never;
}
interface Problem {
  content: { 'application/problem+json': components['schemas']['Problem'] };
}
export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      detail?: string | null;
      code: string;
      errors?: { field: string; message: string }[] | null;
    };
    Session: { token?: string; expires_at: string; user: components['schemas']['Me'] };
    Me: {
      id: string;
      login: string;
      name: string;
      extension: string | null;
      role: components['schemas']['Role'];
      phone: { device_id: string; sip_user: string; realm: string; websocket_path: string } | null;
      server: { version: string; echo_test: string; music: string };
    };
    Role: 'user' | 'administrator';
    UserState: 'offline' | 'available' | 'ringing' | 'on_a_call';
    User: {
      id: string;
      login: string;
      name: string;
      extension: string | null;
      role: components['schemas']['Role'];
      devices?: components['schemas']['Device'][] | null;
      state: components['schemas']['UserState'];
    };
    NewUser: {
      login: string;
      name: string;
      extension: string | null;
      role: components['schemas']['Role'];
      password: string;
    };
    Device: {
      id: string;
      user_id: string;
      kind: 'browser' | 'desk_phone';
      label: string;
      sip_user: string;
      registered: boolean;
      registered_from: string | null;
    };
    NewDevice: { user_id: string; kind: 'browser' | 'desk_phone'; label: string; sip_user: string };
    Call: {
      id: string;
      direction: 'outgoing' | 'incoming' | 'internal';
      peer: { name: string | null; number: string; user_id: string | null };
      started_at: string;
      answered_at: string | null;
      ended_at: string | null;
      duration_seconds: number | null;
      outcome:
        | 'ringing'
        | 'running'
        | 'answered'
        | 'missed'
        | 'cancelled'
        | 'busy'
        | 'no_answer'
        | 'refused'
        | 'failed'
        | 'answered_elsewhere'
        | 'interrupted';
      end_reason: string | null;
      device_label: string | null;
      quality: components['schemas']['CallQuality'] | null;
    };
    CallQuality: {
      mos: number | null;
      verdict: 'good' | 'fair' | 'poor' | 'unknown';
      legs: {
        side: 'caller' | 'called';
        codec: string;
        transport: 'udp' | 'tcp' | 'rtp';
        sent: { packets: number; bytes: number };
        received: {
          packets: number;
          bytes: number;
          lost: number;
          jitter_ms: number;
          silent_percent: number | null;
        };
        round_trip_ms: number | null;
        mos: number | null;
      }[];
    };
  };
}
