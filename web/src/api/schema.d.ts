// Generated from crates/farend/openapi.json by `npm run generate`. Do not edit.
export interface paths {
    "/api/v1/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own journal, newest first; with `all` everybody's. */
        get: {
            parameters: {
                query?: {
                    /** @description Everybody's calls; only for administrators */
                    all?: boolean;
                    /** @description `next` of an earlier answer */
                    before?: string;
                    /** @description Calls of one answer: 1 to 200, 50 unless given */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of the journal */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Calls"];
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-permitted`: `all` is for administrators */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Devices: all for administrators, one's own for others. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The devices that one may see */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Devices"];
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a device; its secret is made up and shown once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewDevice"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AddedDevice"];
                    };
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such user */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `taken` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a device. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a device another secret; the old one is void at once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The new secret */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewSecret"];
                    };
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** WebSocket of events: messages are JSON, see the schema `Event`. Closed with 4002 when the session ends. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Messages of the schema Event follow */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Event"];
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `foreign-origin` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Oneself. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Whoever is signed in */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes one's own password, and ends all one's other sessions. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordChange"];
                };
            };
            responses: {
                /** @description Changed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `wrong-password`: the current one is wrong */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid`: the new one is too short */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `locked-out` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/relay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A new credential for oneself. It proves nothing but the right to be relayed to this server's media. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description For `RTCPeerConnection`'s `iceServers` */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RelayCredential"];
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Addresses, STUN servers, and how the router on the way behaves. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description As things are */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Network"];
                    };
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks at the router anew; what comes out is in the picture a few seconds later, and how long mappings live some minutes later. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It begins */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `nobody-to-ask` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-soon` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. A session in use lasts longer, and the cookie is told so. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The session in force */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CurrentSession"];
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Signs in: a token for programs, and a cookie for browsers. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Credentials"];
                };
            };
            responses: {
                /** @description Signed in. The cookie farend_session is set. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewSession"];
                    };
                };
                /** @description `wrong-password` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `locked-out`; Retry-After says for how many seconds */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Signs out. Not an error when nobody is signed in. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody, by extension. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Everybody; devices only for administrators and of oneself */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Users"];
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a person. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUser"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `taken` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One person. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The person; devices only for administrators and of oneself */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Removes a person with all devices and sessions. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `last-administrator` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes a person. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `taken`, `last-administrator` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 when serving, 503 when about to stop or when no call can be made. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Serving */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HealthReport"];
                    };
                };
                /** @description About to stop, or calls cannot be made */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HealthReport"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures in the text format of OpenMetrics: for programs on this machine, or with an administrator's token. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Figures */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/openmetrics-text": string;
                    };
                };
                /** @description `not-signed-in` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-permitted` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OpenAPI 3.1 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A device that has been added. */
        AddedDevice: {
            device: components["schemas"]["Device"];
            /** @description To be typed into the phone; shown this once. */
            secret: string;
        };
        /** @description How a NAT behaves; the words are those of docs/nat.md. */
        Behaviour: {
            /**
             * @description Of the outcome: `high`, `medium` or `low`.
             * @example high
             */
            confidence: string;
            /**
             * @description Whose packets are let in (RFC 4787).
             * @example address-and-port-dependent
             */
            filtering: string;
            /** @description Whether our own public address can be reached from inside; null when that was not found out. */
            hairpin: boolean | null;
            /**
             * @description On what of a destination the public address depends (RFC 4787).
             * @example endpoint-independent
             */
            mapping: string;
            /**
             * @description `not-symmetric`, `symmetric`, `udp-blocked` or `unknown`.
             * @example not-symmetric
             */
            outcome: string;
            /** @description Whether public ports are the local ones; null without an answer. */
            port_preserved: boolean | null;
            /**
             * @description How the world sees us, without ports.
             * @example [
             *       "198.51.100.2"
             *     ]
             */
            public_addresses: string[];
            /**
             * @description The name of RFC 3489, and what it had no name for.
             * @example port-restricted-cone
             */
            rfc3489_type: string;
            /** @description For people, with what to do. */
            sentence: string;
        };
        /** @description A call as its reader sees it. */
        Call: {
            /** Format: date-time */
            answered_at: string | null;
            /** @description Who was dialled. */
            called: components["schemas"]["Party"];
            /** @description Who dialled. */
            caller: components["schemas"]["Party"];
            /** @description The reader's device that took part. */
            device_label: string | null;
            direction: components["schemas"]["Direction"];
            /**
             * Format: int64
             * @description From answer to end; null when nobody talked, or still does.
             */
            duration_seconds: number | null;
            /** @description Who or what ended it, in a few words. */
            end_reason: string | null;
            /** Format: date-time */
            ended_at: string | null;
            /** @description Unique for ever. */
            id: string;
            outcome: components["schemas"]["Outcome"];
            /** @description The other party; for `internal` calls the called one. */
            peer: components["schemas"]["Party"];
            quality: components["schemas"]["Quality"] | null;
            /** Format: date-time */
            started_at: string;
        };
        /** @description A page of the journal, newest first. */
        Calls: {
            calls: components["schemas"]["Call"][];
            /** @description To be given as `before` for older calls; null at the end. */
            next: string | null;
        };
        /** @description What is to be changed about a person; what is absent stays as it is. */
        ChangedUser: {
            /** @description Null takes the number away. */
            extension?: string | null;
            login?: string;
            name?: string;
            /** @description Ends all sessions of this person. */
            password?: string;
            role?: components["schemas"]["Role"];
        };
        /** @description Who wants in. */
        Credentials: {
            /**
             * @description Extension or login name.
             * @example 101
             */
            name: string;
            password: string;
        };
        /** @description The session in force. */
        CurrentSession: {
            /** Format: date-time */
            expires_at: string;
            user: components["schemas"]["Me"];
        };
        /** @description A phone. */
        Device: {
            /** Format: int64 */
            id: number;
            kind: components["schemas"]["DeviceKind"];
            /** @description Shown to its owner. */
            label: string;
            /** @description Whether it can be reached now. */
            registered: boolean;
            /** @description Address and port that it registered from. */
            registered_from: string | null;
            /** @description User part of its SIP address, and its user name for the digest. */
            sip_user: string;
            /** Format: int64 */
            user_id: number;
        };
        /**
         * @description What kind of phone.
         * @enum {string}
         */
        DeviceKind: "browser" | "desk_phone";
        /** @description Whether a device can be reached. */
        DeviceNow: {
            /** Format: int64 */
            id: number;
            registered: boolean;
        };
        /** @description Some devices. */
        Devices: {
            devices: components["schemas"]["Device"][];
        };
        /**
         * @description Seen from the reader.
         * @enum {string}
         */
        Direction: "outgoing" | "incoming" | "internal";
        /** @description Something that the app is told. */
        Event: {
            /** @description The devices that one may see and that are registered. */
            devices: components["schemas"]["DeviceNow"][];
            /** @enum {string} */
            type: "snapshot";
            /** @description Everybody who is not offline. */
            users: components["schemas"]["UserNow"][];
        } | {
            /** Format: int64 */
            id: number;
            state: components["schemas"]["UserState"];
            /** @enum {string} */
            type: "user_state";
        } | {
            /** Format: int64 */
            id: number;
            /** @enum {string} */
            type: "device_registered";
        } | {
            /** Format: int64 */
            id: number;
            /** @enum {string} */
            type: "device_unregistered";
        } | {
            /** @enum {string} */
            type: "journal_changed";
        } | {
            /** @enum {string} */
            type: "directory_changed";
        } | {
            /** @description As in `/calls`. */
            call: string;
            /** Format: float */
            jitter_ms: number;
            /** Format: int64 */
            leg: number;
            /**
             * Format: float
             * @description Share of packets lost since the last event.
             */
            loss_percent: number;
            /** Format: float */
            mos: number | null;
            /** Format: float */
            round_trip_ms: number | null;
            /** @enum {string} */
            type: "call_quality";
        } | {
            /** Format: int64 */
            device_id: number;
            /** @enum {string} */
            type: "phone_displaced";
        };
        /**
         * @description One of the two internets.
         * @enum {string}
         */
        Family: "ipv4" | "ipv6";
        /** @description One field of the request that cannot be used. */
        FieldError: {
            /** @description Its name in the request's body or query. */
            field: string;
            /** @description What would be right, as a sentence for the person who typed it. */
            message: string;
        };
        /** @description How the server is. */
        HealthReport: {
            /** @description Whether calls are being written to the journal; they are kept in memory while they cannot be. */
            journal: components["schemas"]["Status"];
            status: components["schemas"]["Status"];
            version: string;
        };
        /** @description One party's connection. */
        LegQuality: {
            /** @description `opus`, `G722`, `PCMA` or `PCMU`; null when none was negotiated. */
            codec: string | null;
            /**
             * Format: float
             * @description The worse direction's mean opinion score.
             */
            mos: number | null;
            /** @description What it received from this party. */
            received: components["schemas"]["Received"];
            /**
             * Format: float
             * @description Between server and party, in milliseconds.
             */
            round_trip_ms: number | null;
            /** @description What the server sent to this party. */
            sent: components["schemas"]["Sent"];
            /** @description Whose. */
            side: components["schemas"]["SideName"];
            transport: components["schemas"]["TransportName"] | null;
        };
        /** @description How long an idle UDP mapping lives; what is not known is null. */
        MappingLifetime: {
            /**
             * Format: int64
             * @description Seconds for which one was left alone and lived.
             */
            at_least_s: number | null;
            /**
             * Format: int64
             * @description Seconds for which one was left alone at most and was gone.
             */
            less_than_s: number | null;
        };
        /** @description Whoever is signed in. */
        Me: {
            /** @description The number; null for people without a phone. */
            extension: string | null;
            /** Format: int64 */
            id: number;
            login: string;
            name: string;
            phone: components["schemas"]["Phone"] | null;
            role: components["schemas"]["Role"];
            server: components["schemas"]["Server"];
            sip_server: components["schemas"]["SipServer"];
        };
        /** @description How the router on the way behaves, as `farend nat --json` says it. */
        Nat: components["schemas"]["Behaviour"] & {
            family: components["schemas"]["Family"];
            mapping_lifetime: components["schemas"]["MappingLifetime"] | null;
            /** Format: date-time */
            measured_at: string;
        };
        /** @description Everything that is known at one moment. */
        Network: {
            /**
             * @description Addresses of this machine.
             * @example [
             *       "192.168.1.10"
             *     ]
             */
            interfaces: string[];
            /** @description How the router on the way behaves, by address family; empty until it is known. */
            nat: components["schemas"]["Nat"][];
            /** @description Names by which browsers have reached the page. */
            pages: components["schemas"]["Page"][];
            /** @description Whether the router is being looked at. How long mappings live is found out later, beside everything else. */
            probing: boolean;
            /** @description What the UDP port looks like from outside. */
            public_addresses: components["schemas"]["PublicAddress"][];
            /** @description `public.host` of the configuration. */
            public_host: string | null;
            /** @description `public.addresses` of the configuration. */
            stated: string[];
            stun: components["schemas"]["Stun"];
            /**
             * Format: int32
             * @description The one TCP port.
             */
            tcp_port: number;
            /**
             * Format: int32
             * @description The UDP port of browsers' media.
             */
            udp_port: number;
        };
        /** @description A device to be added. */
        NewDevice: {
            kind: components["schemas"]["DeviceKind"];
            /** @example Desk phone */
            label: string;
            /**
             * @description Letters, digits, dots, dashes, underscores; unique.
             * @example 101-desk
             */
            sip_user: string;
            /** Format: int64 */
            user_id: number;
        };
        /** @description A new secret. */
        NewSecret: {
            /** @description To be typed into the phone; shown this once. */
            secret: string;
        };
        /** @description A session that has begun. */
        NewSession: {
            /** Format: date-time */
            expires_at: string;
            /** @description For the `Authorization: Bearer` header of programs; browsers get a cookie. */
            token: string;
            user: components["schemas"]["Me"];
        };
        /** @description A person to be added. With an extension comes a browser phone. */
        NewUser: {
            extension?: string | null;
            /** @description Begins with a letter; letters, digits, dots, dashes, underscores, @. */
            login: string;
            name: string;
            /** @description 8 characters at least. */
            password: string;
            role: components["schemas"]["Role"];
        };
        /**
         * @description What became of a call, seen from the reader.
         * @enum {string}
         */
        Outcome: "ringing" | "running" | "answered" | "missed" | "cancelled" | "busy" | "no_answer" | "refused" | "failed" | "answered_elsewhere" | "interrupted";
        /** @description A name by which browsers have reached the page. */
        Page: {
            /**
             * @description What it means, as far as this server's DNS knows.
             * @example [
             *       "198.51.100.2"
             *     ]
             */
            addresses: string[];
            /** @example pbx.example.com */
            host: string;
        };
        /** @description Somebody in a call. */
        Party: {
            name: string | null;
            number: string;
            /**
             * Format: int64
             * @description Where it was one of ours.
             */
            user_id: number | null;
        };
        /** @description A new password for oneself. */
        PasswordChange: {
            current: string;
            /** @description 8 characters at least. */
            new: string;
        };
        /** @description What the app needs to telephone. */
        Phone: {
            /** Format: int64 */
            device_id: number;
            /** @description Host part of SIP addresses, and the registrar. */
            realm: string;
            /**
             * @description User part of its SIP address.
             * @example 101-web
             */
            sip_user: string;
            /** @description WebSocket of subprotocol `sip` (RFC 7118). */
            websocket_path: string;
        };
        /** @description The document's shape. */
        Problem: {
            /** @description Which problem it is, for programs: stable. */
            code: string;
            /** @description What is wrong and what to do, for people. */
            detail: string;
            /** @description The fields that cannot be used; only with `invalid` and `taken`. */
            errors?: components["schemas"]["FieldError"][];
            /**
             * Format: int32
             * @description The status code.
             */
            status: number;
            /** @description The status in words. */
            title: string;
            /** @description Always `about:blank`: `code` says which problem it is. */
            type: string;
        };
        /** @description A public address and port of the UDP port. */
        PublicAddress: {
            /**
             * @description The interface that leads there.
             * @example 192.168.1.10
             */
            local: string;
            /** @example 198.51.100.2:41000 */
            public: string;
        };
        /** @description How a call sounded. */
        Quality: {
            /** @description Both connections, the caller's first. */
            legs: components["schemas"]["LegQuality"][];
            /**
             * Format: float
             * @description The worst direction's mean opinion score, 1.0 to 4.5; null when it was too short to tell.
             */
            mos: number | null;
            /** @description The score in a word. */
            verdict: components["schemas"]["Verdict"];
        };
        /** @description What the server received. */
        Received: {
            /**
             * Format: int64
             * @description Bytes of payload.
             */
            bytes: number;
            /**
             * Format: float
             * @description Jitter in milliseconds.
             */
            jitter_ms: number;
            /**
             * Format: int64
             * @description Packets lost.
             */
            lost: number;
            /**
             * Format: int64
             * @description RTP packets.
             */
            packets: number;
            /**
             * Format: float
             * @description Share of digital silence, 0 to 100; null where it cannot be told without decoding.
             */
            silent_percent: number | null;
        };
        /** @description A credential for TURN at this server's address and port, over TLS or TCP. */
        RelayCredential: {
            credential: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: int64 */
            lifetime_s: number;
            /**
             * @description STUN servers of the company, as URLs: what they see of a browser opens the office's router for it.
             * @example [
             *       "stun:stun.example.com:3478"
             *     ]
             */
            stun: string[];
            /** @example 1800000000:7 */
            username: string;
        };
        /**
         * @description What a person may do.
         * @enum {string}
         */
        Role: "user" | "administrator";
        /** @description What the server sent. */
        Sent: {
            /**
             * Format: int64
             * @description Bytes of payload.
             */
            bytes: number;
            /**
             * Format: float
             * @description Jitter that the party reported, in milliseconds.
             */
            jitter_ms: number;
            /**
             * Format: int64
             * @description Packets that the party reported lost.
             */
            lost: number;
            /**
             * Format: int64
             * @description RTP packets.
             */
            packets: number;
        };
        /** @description About this server. */
        Server: {
            /**
             * @description Number that plays back what one says.
             * @example *43
             */
            echo_test: string | null;
            /**
             * @description Number that plays music on hold.
             * @example *44
             */
            music: string | null;
            version: string;
        };
        /**
         * @description Which end of a call.
         * @enum {string}
         */
        SideName: "caller" | "called";
        /** @description Where desk phones register. */
        SipServer: {
            /**
             * @description `public.host` of the configuration, else our own address in the network.
             * @example 192.0.2.10
             */
            host: string;
            /**
             * Format: int32
             * @description SIP over UDP and TCP.
             * @example 5060
             */
            port: number;
            /**
             * Format: int32
             * @description SIP over TLS.
             * @example 5061
             */
            tls_port: number;
        };
        /** @enum {string} */
        Status: "ok" | "draining" | "failing";
        /** @description Whom we ask for our public address. */
        Stun: {
            /** @description Whether servers are asked, in this mode and with these interfaces. */
            asks: boolean;
            mode: components["schemas"]["StunMode"];
            servers: components["schemas"]["StunServer"][];
        };
        /**
         * @description When STUN is used: `stun.mode` of the configuration.
         * @enum {string}
         */
        StunMode: "automatic" | "always" | "static" | "port-preserving" | "off";
        /** @description One address of a STUN server; one that has addresses of both families stands here twice. */
        StunServer: {
            /**
             * @description Null while DNS does not tell.
             * @example 203.0.113.1:3478
             */
            address: string | null;
            /** @description What is wrong, for people. */
            error: string | null;
            /**
             * @description As in the configuration.
             * @example stun.example.com:3478
             */
            name: string;
            /**
             * @description How it sees our UDP port.
             * @example 198.51.100.2:41000
             */
            public: string | null;
            /**
             * Format: double
             * @description Milliseconds of the last answer.
             */
            round_trip_ms: number | null;
            state: components["schemas"]["StunState"];
        };
        /**
         * @description What a STUN server does.
         * @enum {string}
         */
        StunState: "answering" | "asking" | "silent" | "refusing" | "unresolved" | "unused";
        /**
         * @description The way media goes.
         * @enum {string}
         */
        TransportName: "udp" | "tcp" | "relay" | "rtp";
        /** @description A person. */
        User: {
            /** @description Only for administrators and oneself. */
            devices?: components["schemas"]["Device"][];
            /** @description The number; null for people without a phone. */
            extension: string | null;
            /** Format: int64 */
            id: number;
            /** @description What one signs in with besides the extension. */
            login: string;
            /** @description Shown on displays. */
            name: string;
            role: components["schemas"]["Role"];
            state: components["schemas"]["UserState"];
        };
        /** @description What somebody does. */
        UserNow: {
            /** Format: int64 */
            id: number;
            state: components["schemas"]["UserState"];
        };
        /** @description Everybody. */
        Users: {
            users: components["schemas"]["User"][];
        };
        /**
         * @description What a person is doing.
         * @enum {string}
         */
        UserState: "offline" | "available" | "ringing" | "on_a_call";
        /**
         * @description A mean opinion score in a word.
         * @enum {string}
         */
        Verdict: "good" | "fair" | "poor" | "unknown";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
