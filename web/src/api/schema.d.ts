// Generated from crates/farend/openapi.json by `npm run generate`. Do not edit.
export interface paths {
    "/api/v1/announcements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All announcements. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All announcements, by name */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Announcements"];
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
        /**
         * Adds an announcement: WAV, MP3, FLAC, Ogg (Vorbis or Opus) or AAC (M4A) of 20 MB and ten minutes at most.
         * @description The file is the body, of any content type beginning with `audio/`, and `name` stands in the query; or both are fields of a form
         *     (`multipart/form-data`: `name` and `file`). It is kept in mono, at a level of our own.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Unless it is a field of the form */
                    name?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "audio/*": string;
                    "multipart/form-data": components["schemas"]["AudioFile"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Announcement"];
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
                /** @description `too-many` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid`, `not-audio` */
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
    "/api/v1/announcements/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes an announcement that no menu plays. */
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
                /** @description `in-use` */
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
        /** Gives an announcement another name. */
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
                    "application/json": components["schemas"]["RenamedAnnouncement"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Announcement"];
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
    "/api/v1/announcements/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sound of an announcement. Knows `Range`. */
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
                /** @description Ogg Opus */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/ogg": string;
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/ogg": string;
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
                /** @description Nothing of it is there */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        /** Gives an announcement another sound; the file is sent as for a new one. */
        put: {
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
                    "audio/*": string;
                    "multipart/form-data": components["schemas"]["AudioFile"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Announcement"];
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
                /** @description `too-many` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-audio` */
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has changed what, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of an earlier answer */
                    before?: number;
                    /** @description Lines of one answer: 1 to 500, 100 unless given */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of the log */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditLog"];
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
    "/api/v1/calls/{id}/bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The support bundle of a call: a zip with flight, log lines and configuration. Secrets are never in it; names and numbers are masked unless
         *     `unmasked`, which wants a reason for the audit log.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Why; needed with `unmasked` */
                    reason?: string;
                    /** @description true: names and numbers are shown */
                    unmasked?: boolean;
                };
                header?: never;
                path: {
                    /** @description As in `/calls` */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The archive */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": unknown;
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
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid`: there is no reason */
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
    "/api/v1/calls/{id}/flight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The flight of a call that runs or is over: who, when, what happened, how it sounded. Parties of the call see it without the ladder. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description As in `/calls` */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All that is kept */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Flight"];
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
                /** @description `not-found`: also when one was not in it */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/captures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All captures of the last day. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The newest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaptureList"];
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
        /** Begins a capture. One runs at a time. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewCapture"];
                };
            };
            responses: {
                /** @description It runs */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Capture"];
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
                /** @description `not-permitted`: also when one may not hear what is said */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such call runs */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `capture-runs`: another one has to end first */
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
    "/api/v1/captures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a capture that runs, or deletes one that is done. */
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
                /** @description It has ended, or is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
    "/api/v1/captures/{id}/pcapng": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file of a capture that is done. */
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
                /** @description The file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-pcapng": unknown;
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
                /** @description `not-found`: also while it runs */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a check page can do, and whom it asks. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Everything that a check begins with */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckPage"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link`: it is over, or never was */
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
    "/api/v1/check/bytes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** So many bytes that nothing can compress. */
        get: {
            parameters: {
                query: {
                    /** @description How many, at most 1,048,576 */
                    size: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Bytes that mean nothing */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": number[];
                    };
                };
                /** @description `invalid`: too many */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link` */
                401: {
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
        put?: never;
        /** Takes bytes, and tells how many have arrived. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": number[];
                };
            };
            responses: {
                /** @description All are here */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckBytes"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large`: a megabyte at most */
                413: {
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
    "/api/v1/check/echo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins an echo of its own, by one way alone; it ends after 15 seconds, or when the page goes. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WantedEcho"];
                };
            };
            responses: {
                /** @description It begins */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckEcho"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid`: the offer cannot be answered */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-soon`: two at a time, and not too often */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `busy` */
                503: {
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
    "/api/v1/check/echo/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the server has received on an echo, until a minute after its end. */
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
                /** @description So far */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckEchoHeard"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link` */
                401: {
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
        put?: never;
        post?: never;
        /** Ends an echo. */
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
                /** @description What was received on it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckEchoHeard"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link` */
                401: {
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
    "/api/v1/check/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Links in force, the newest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckLinks"];
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
        /** Makes a link that works for a day. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewCheckLink"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MadeCheckLink"];
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
                /** @description `too-many`: a hundred at most */
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
    "/api/v1/check/links/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a link. */
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
                /** @description It opens nothing any more */
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
    "/api/v1/check/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes what a check has found, keeps it, and says what it means. */
        post: {
            parameters: {
                query?: {
                    /** @description `en` (unless given) or `de` */
                    language?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Check"];
                };
            };
            responses: {
                /** @description What it comes to */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckVerdict"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link` */
                401: {
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
                /** @description `too-soon`: five a minute */
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
    "/api/v1/check/results/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A check that is done: for administrators, and for whoever has run it. */
        get: {
            parameters: {
                query?: {
                    /** @description `en` (unless given) or `de` */
                    language?: string;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What it comes to */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckVerdict"];
                    };
                };
                /** @description `not-signed-in`, `no-such-link` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: there is none, or it is somebody else's */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/check/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** WebSocket that says again what it is told, one short message a second at most. A guest shows the token as subprotocol. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Messages come back */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-signed-in`, `no-such-link` */
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
                /** @description `busy`: two at a time */
                503: {
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
        /** Devices: all for administrators; for others their own, and the shared phone that they are logged on at. */
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
        /** Changes a device. Owners may change its label and how it rings, administrators everything. */
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
                    "application/json": components["schemas"]["ChangedDevice"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Device"];
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
                /** @description `not-found`: no such device that one may see, no such user */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many` */
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
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is wrong now. */
        get: {
            parameters: {
                query?: {
                    /** @description `en` or `de`; English unless given */
                    language?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Everything that is open */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Doctor"];
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
    "/api/v1/doctor/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** By what all of that was found, as the rules see it. For a ticket: it may grow with every version. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Facts, without any secret */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
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
    "/api/v1/doctor/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is wrong and what was, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of an earlier answer */
                    before?: number;
                    /** @description Only those that are about this person */
                    extension?: string;
                    /** @description `en` or `de`; English unless given */
                    language?: string;
                    /** @description Findings of one answer: 1 to 500, 100 unless given */
                    limit?: number;
                    /** @description Only those that break this rule, such as `R-e` */
                    rule?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of findings */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FindingHistory"];
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
    "/api/v1/doctor/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where people are, network by network, and how their media goes there. */
        get: {
            parameters: {
                query?: {
                    /** @description `en` or `de`; English unless given */
                    language?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description One entry for each person and network, the latest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserNetwork"][];
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
    "/api/v1/doctor/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The network plan. */
        get: {
            parameters: {
                query?: {
                    /** @description `en` or `de`; English unless given */
                    language?: string;
                };
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
                        "application/json": components["schemas"]["NetworkPlan"];
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
    "/api/v1/doctor/plan.md": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The network plan in Markdown, for a ticket. */
        get: {
            parameters: {
                query?: {
                    /** @description `en` or `de`; English unless given */
                    language?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What is wrong, and what there is */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/markdown": string;
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
    "/api/v1/doctor/plan.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The network plan as a picture, to be printed. */
        get: {
            parameters: {
                query?: {
                    /** @description `en` or `de`; English unless given */
                    language?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description With all that it needs */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/svg+xml": string;
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
    "/api/v1/doctor/retest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks at everything again: STUN, the router, the forwarded port. What comes of it is there some seconds later. */
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
    "/api/v1/doctor/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules of home working, and what farend does about each. */
        get: {
            parameters: {
                query?: {
                    /** @description `en` or `de`; English unless given */
                    language?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them, in the order of the guide */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DoctorRule"][];
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
    "/api/v1/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is dialled for which feature. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All features */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Features"];
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
    "/api/v1/features/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives a feature another code. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChangedFeature"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Feature"];
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
                /** @description `taken`: by another code, by somebody's number, by an emergency number */
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
        post?: never;
        /** Gives a feature its usual code again. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The usual code is dialled */
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
                /** @description `taken`: something else has the usual code meanwhile */
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
        patch?: never;
        trace?: never;
    };
    "/api/v1/holidays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public holidays of a region in a year. */
        get: {
            parameters: {
                query: {
                    /** @description As in `/holidays/regions` */
                    region: string;
                    /** @description 1970 to 2200 */
                    year: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description In order; one that is moved from a weekend is there twice */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Holidays"];
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
                /** @description `not-found`: no such region */
                404: {
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
    "/api/v1/holidays/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where holidays are known. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All regions, by countries */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HolidayRegions"];
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
    "/api/v1/me/call-backs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Those whom one is to call once they are free. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Those whom one waits for */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CallBacks"];
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
        /** Wants to be called once somebody is free, and then they are. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TransferTarget"];
                };
            };
            responses: {
                /** @description Noted; it lasts two hours */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `refused` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now` */
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
    "/api/v1/me/call-backs/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Does not want that any more. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Forgotten */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `refused` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now` */
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
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/conferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The conferences that one is in, or waits to be let into. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Oldest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Conferences"];
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
    "/api/v1/me/live-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's calls that run now, oldest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description One's calls */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LiveCalls"];
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
        /** Calls a number by one of one's phones. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewLiveCall"];
                };
            };
            responses: {
                /** @description The phone is called */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BegunCall"];
                    };
                };
                /** @description `refused`: the number may not be called */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such phone of one's own */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `device-unreachable`, `not-now` */
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
                /** @description `busy` */
                503: {
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
    "/api/v1/me/live-calls/{call}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers a call that rings, at one of one's phones. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AtDevice"];
                };
            };
            responses: {
                /** @description The phone answers by itself, or rings */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such call, no such phone */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now`, `device-unreachable` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/browser": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says how one's browser is in a call: whenever that changes. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BrowserSide"];
                };
            };
            responses: {
                /** @description Noted, where it is a call of one's own that somebody talks in */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `invalid` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `busy` */
                503: {
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
    "/api/v1/me/live-calls/{call}/confer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes two calls one conference, or puts a call's other party into the conference that the other call is. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OtherCall"];
                };
            };
            responses: {
                /** @description All hear each other */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connects the other parties of two calls with each other, and leaves both. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OtherCall"];
                };
            };
            responses: {
                /** @description They talk with each other, or will once the other one answers */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Declines a call that rings. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Declined */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/digits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends keys to the other party. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Digits"];
                };
            };
            responses: {
                /** @description Sent */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
    "/api/v1/me/live-calls/{call}/hang-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hangs up. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Hung up */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
    "/api/v1/me/live-calls/{call}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts the other party on hold. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description They hear music */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/invite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Calls somebody into a conference; a call of two becomes one. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TransferTarget"];
                };
            };
            responses: {
                /** @description Their phone is called */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `refused`: the number may not be called */
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
                /** @description `not-now` */
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
    "/api/v1/me/live-calls/{call}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets nobody else in, or everybody who may again, as a host. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Lock"];
                };
            };
            responses: {
                /** @description Locked, or open again */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/members/{leg}/admit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets somebody in who waits, as a host. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                    leg: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description In */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/members/{leg}/hand": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Wants to speak, or does not any more: one's own hand. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                    leg: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Hand"];
                };
            };
            responses: {
                /** @description Raised, or lowered */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/members/{leg}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes somebody's voice, or gives it back: one's own, or as a host anybody's. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                    leg: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Muted"];
                };
            };
            responses: {
                /** @description Not heard, or heard again */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/members/{leg}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hangs somebody up, as a host. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                    leg: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Hung up */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves a call to another phone of one's own; it stays where it is until that one answers. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AtDevice"];
                };
            };
            responses: {
                /** @description The other phone is called, or the call is there */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such call, no such phone */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now`, `device-unreachable` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/park": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Parks a call: its other party hears music until somebody takes it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ParkAt"];
                };
            };
            responses: {
                /** @description Parked */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now`: the slot is taken, or all of them are */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Records the call from now on, or not any more. Those in it are told first, as an administrator has decided. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RecordWish"];
                };
            };
            responses: {
                /** @description They are being told, or it is not recorded any more */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `refused`: one may not record, or a rule wants it */
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Talks again; another call on the same phone is put on hold first. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description They talk again */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a call that another member of one's team holds. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AtDevice"];
                };
            };
            responses: {
                /** @description The phone is called, or talks */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such call, no such phone */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now`, `device-unreachable` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/live-calls/{call}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hands the other party over to a number. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TransferTarget"];
                };
            };
            responses: {
                /** @description Handed over */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `refused`: the number may not be called */
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
                /** @description `not-now` */
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
    "/api/v1/me/parked/{slot}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a parked call by one of one's phones. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    slot: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AtDevice"];
                };
            };
            responses: {
                /** @description The phone answers by itself, or rings */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: nothing is parked there, no such phone */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now`, `device-unreachable` */
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
    "/api/v1/me/pick-ups/{call}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers a call that rings at somebody else of one's group, at one of one's phones. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    call: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AtDevice"];
                };
            };
            responses: {
                /** @description The phone answers by itself, or rings */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such call, no such phone */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now`, `device-unreachable` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Chooses one's PIN. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OwnPin"];
                };
            };
            responses: {
                /** @description Set */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `invalid` */
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
        /** Gives one's PIN up: one cannot log on at shared phones any more. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
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
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/place": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one's number is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description With the browser, or at a shared phone */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Place"];
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
    "/api/v1/me/place/cancel-mobility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings one's number back to the shared phone ("Cancel mobility"). */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is there */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: one has no shared phone */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now`: it is there already */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/place/log-off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Logs oneself off from the shared phone that one has logged on at. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Logged off */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: one is logged on nowhere */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-now` */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/reaching": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What becomes of calls to oneself. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Forwards, do not disturb, calls without a number */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reaching"];
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
        /** Decides it. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Reaching"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reaching"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/reaching/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What would happen to a call to oneself. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SimulatedCall"];
                };
            };
            responses: {
                /** @description What would happen */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Simulation"];
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
    "/api/v1/me/ringing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one is reached oneself. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Second calls and mobile */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ringing"];
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
        /** Decides it. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Ringing"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ringing"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/menus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All menus. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All menus, by extension */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Menus"];
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
        /** Adds a menu. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMenu"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Menu"];
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
                /** @description `taken`, `too-many` */
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
    "/api/v1/menus/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a menu. What leads to its number leads nowhere then. */
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
        /** Changes a menu. */
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
                    "application/json": components["schemas"]["ChangedMenu"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Menu"];
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
    "/api/v1/number-plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The site's number plan. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The number plan */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NumberPlan"];
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
        /** Writes the site's number plan anew. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NumberPlan"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NumberPlan"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/number-plan/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What would happen if somebody dialled a number. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DialledNumber"];
                };
            };
            responses: {
                /** @description What a call would come to */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Explanation"];
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
    "/api/v1/numbers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All our numbers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All our numbers */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Numbers"];
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
        /**
         * Adds a number or a block of numbers. Inside a larger block it is an exception: the smaller one counts. Blocks that overlap otherwise are
         *     refused.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewInboundNumber"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InboundNumber"];
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
                /** @description `overlap`, `too-many` */
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
    "/api/v1/numbers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a number or a block of numbers. */
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
    "/api/v1/parking": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where calls are parked. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Slots, and when they ring back */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Parking"];
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
        /** Decides where calls are parked. Calls that are parked in a slot that is no more stay there until they are taken. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Parking"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Parking"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pick-up-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All pick-up groups. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All groups */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PickUpGroups"];
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
        /** Adds a pick-up group. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPickUpGroup"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PickUpGroup"];
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
                /** @description `too-many` */
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
    "/api/v1/pick-up-groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a pick-up group; its members stay. */
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
        /** Changes a pick-up group. */
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
                    "application/json": components["schemas"]["ChangedPickUpGroup"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PickUpGroup"];
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
    "/api/v1/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that farend says, in both languages. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All prompts in all languages */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Prompts"];
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
    "/api/v1/prompts/{language}/{name}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is heard where this prompt is played. Knows `Range`. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    language: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Ogg Opus */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/ogg": string;
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/ogg": string;
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
                /** @description Nothing of it is there */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        /** Has something else said in place of a prompt; the file is sent as for an announcement. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    language: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "audio/*": string;
                    "multipart/form-data": components["schemas"]["AudioFile"];
                };
            };
            responses: {
                /** @description Replaced */
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
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-audio` */
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
        post?: never;
        /** Has the program's own prompt said again. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    language: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The program's own again */
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
    "/api/v1/prompts/language": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Decides in which language prompts are spoken. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PromptLanguage"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PromptLanguage"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recording-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How recording is done. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Settings and rules */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingSettings"];
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
        /** Decides how recording is done. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RecordingSettings"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingSettings"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The recordings that one may hear, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Only older ones than the one with this id */
                    before?: string;
                    /** @description Only those of this call */
                    call?: string;
                    /** @description Recordings of one answer: 1 to 200, 50 unless given */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What one may hear; nothing for those who may hear nothing */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recordings"];
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
    "/api/v1/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a recording for good. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
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
                /** @description `not-found`: also when one may not hear it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `in-use`: it is being made */
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
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sound: Ogg Opus, the person for whom it was made on the left, everybody else on the right. Knows `Range`. */
        get: {
            parameters: {
                query?: {
                    /** @description 1: as a file to be kept */
                    download?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/ogg": unknown;
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/ogg": unknown;
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
                /** @description `not-found`: also when one may not hear it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing of it is there */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `recordings-locked`: their key is missing */
                503: {
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
    "/api/v1/recordings/{id}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How loud it is, for a picture of it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Both channels */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Peaks"];
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
                /** @description `not-found`: also when one may not hear it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `recordings-locked`: their key is missing */
                503: {
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
    "/api/v1/recordings/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much space recordings take. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Space, and whether it is enough */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingStorage"];
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
    "/api/v1/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All rooms. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All rooms, by extension */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Rooms"];
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
        /** Adds a room. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRoom"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Room"];
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
                /** @description `taken`, `too-many` */
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
    "/api/v1/rooms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a room. */
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
        /** Changes a room. */
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
                    "application/json": components["schemas"]["ChangedRoom"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Room"];
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
        trace?: never;
    };
    "/api/v1/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All routes, in their order. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All routes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Routes"];
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
        /** Adds a route. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRoute"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Route"];
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
                /** @description `too-many` */
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
    "/api/v1/routes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a route. */
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
        /** Changes a route; it keeps its place. */
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
                    "application/json": components["schemas"]["ChangedRoute"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Route"];
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
    "/api/v1/routes/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts all routes into an order. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RouteOrder"];
                };
            };
            responses: {
                /** @description All routes in the new order */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Routes"];
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
        post?: never;
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
    "/api/v1/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All teams. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All teams, by extension */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Teams"];
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
        /** Adds a team. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewTeam"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Team"];
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
                /** @description `taken`, `too-many` */
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
    "/api/v1/teams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a team. */
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
        /** Changes a team. */
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
                    "application/json": components["schemas"]["ChangedTeam"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Team"];
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
        trace?: never;
    };
    "/api/v1/time-profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All time profiles. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All time profiles */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimeProfiles"];
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
        /** Adds a time profile. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewTimeProfile"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimeProfile"];
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
                /** @description `too-many` */
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
    "/api/v1/time-profiles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a time profile that no forward, menu, night service or permission needs. */
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
                /** @description `in-use` */
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
        /** Changes a time profile. */
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
                    "application/json": components["schemas"]["ChangedTimeProfile"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimeProfile"];
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
    "/api/v1/trunk-profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is known about providers; null is unknown. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Providers, by the names of their files */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TrunkProfiles"];
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
    "/api/v1/trunks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All trunks, with the state of their lines. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All trunks; passwords are never told */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trunks"];
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
        /** Adds a trunk; its lines go up at once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewTrunk"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trunk"];
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
                /** @description `taken`, `too-many` */
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
    "/api/v1/trunks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One trunk. */
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
                /** @description The trunk; passwords are never told */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trunk"];
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
        put?: never;
        post?: never;
        /** Removes a trunk with the numbers that are only reached by it; routes lose it. */
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
        /** Changes a trunk. Accounts, where given, replace all of before; one without a password keeps that of the account with its user. */
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
                    "application/json": components["schemas"]["ChangedTrunk"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trunk"];
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
        trace?: never;
    };
    "/api/v1/trunks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last test of a trunk. */
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
                /** @description The last test, or the one that is running */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TrunkTest"];
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
                /** @description `not-found`: no such trunk, or it has not been tested since the server began */
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
        /** Tests a trunk as it is configured, without disturbing calls. Ask for the test until it does not run any more. */
        post: {
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
                    "application/json": components["schemas"]["WantedTest"];
                };
            };
            responses: {
                /** @description It begins */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TrunkTest"];
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
                /** @description `busy`: a test of this trunk is running */
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
    "/api/v1/users/{id}/calling": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a person may do with the world. */
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
                /** @description Permissions and identity */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Calling"];
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
        /** Decides what a person may do with the world. */
        put: {
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
                    "application/json": components["schemas"]["Calling"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Calling"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives a person a PIN. */
        put: {
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
                    "application/json": components["schemas"]["NewPin"];
                };
            };
            responses: {
                /** @description Set */
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
        post?: never;
        /** Takes a person's PIN away. */
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
    "/api/v1/users/{id}/reaching": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What becomes of calls to a person. */
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
                /** @description Forwards, do not disturb, calls without a number */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reaching"];
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
        /** Decides what becomes of calls to a person. */
        put: {
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
                    "application/json": components["schemas"]["Reaching"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reaching"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/reaching/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What would happen to a call to a person. */
        post: {
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
                    "application/json": components["schemas"]["SimulatedCall"];
                };
            };
            responses: {
                /** @description What would happen */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Simulation"];
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
    "/api/v1/users/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What somebody may do with recordings. */
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
                /** @description What they may do */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingPermission"];
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
        /** Decides what somebody may do with recordings. */
        put: {
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
                    "application/json": components["schemas"]["RecordingPermission"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingPermission"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/ringing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a person is reached. */
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
                /** @description Second calls and mobile */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ringing"];
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
        /** Decides how a person is reached. */
        put: {
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
                    "application/json": components["schemas"]["Ringing"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ringing"];
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
        /** @description An account at a provider. Its password is never told. */
        Account: {
            auth_user: string | null;
            contact_user: string | null;
            /**
             * Format: int64
             * @description How long registrations shall last; null: it does not register.
             */
            expires_seconds: number | null;
            realm: string | null;
            user: string;
        };
        /** @description A device that has been added. */
        AddedDevice: {
            device: components["schemas"]["Device"];
            /** @description To be typed into the phone; shown this once. */
            secret: string;
        };
        /**
         * @description How people are told that they are recorded. They are told before they are.
         * @enum {string}
         */
        Announced: "prompt" | "tone" | "silently";
        /** @description An announcement. */
        Announcement: {
            /** Format: int32 */
            duration_ms: number;
            /** Format: int64 */
            id: number;
            name: string;
            /** @description The names of the menus that play it. */
            used_by: string[];
        };
        /** @description All announcements, by name. */
        Announcements: {
            announcements: components["schemas"]["Announcement"][];
        };
        /** @description At which phone. */
        AtDevice: {
            /** Format: int64 */
            device_id: number;
        };
        /**
         * @description Whose sound it is about.
         * @enum {string}
         */
        AudioDirection: "from_me" | "to_me";
        /** @description A sound file as a form. */
        AudioFile: {
            /**
             * Format: binary
             * @description The file.
             */
            file: string;
            /** @description For administrators. */
            name?: string | null;
        };
        /**
         * @description On whose side sound is lost.
         * @enum {string}
         */
        AudioSide: "me" | "them";
        /**
         * @description Where sound is lost, from the mouth to the ear.
         * @enum {string}
         */
        AudioStage: "microphone" | "sender" | "silent_audio" | "network_in" | "wrong_address" | "decryption" | "decoding" | "network_out" | "output";
        /** @description A line of the log. */
        AuditEntry: {
            /**
             * @description What was done: a noun and a past participle.
             * @example user.changed
             */
            action: string;
            /** Format: date-time */
            at: string;
            /** @description As it was then. */
            by_name: string;
            /**
             * Format: int64
             * @description Null for the command line, which tells the account of the operating system as name.
             */
            by_user_id: number | null;
            /** @description What something is that was added or removed; of something changed, `from` and `to` of each field that is different. Never a secret. */
            details: {
                [key: string]: unknown;
            };
            /** Format: int64 */
            id: number;
            /**
             * @description What it was done to, for people.
             * @example Anna (101)
             */
            subject: string;
            via: components["schemas"]["AuditVia"];
        };
        /** @description A page of the log, newest first. */
        AuditLog: {
            entries: components["schemas"]["AuditEntry"][];
            /**
             * Format: int64
             * @description To be given as `before` for older lines; null at the end.
             */
            next: number | null;
        };
        /**
         * @description Which way somebody has come.
         * @enum {string}
         */
        AuditVia: "app" | "api" | "phone" | "command_line";
        /** @description A call that has begun. */
        BegunCall: {
            /** @description As in `/calls`. */
            call: string;
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
        /** @description How a browser's side of a call is; what is left out is as it should be. */
        BrowserSide: {
            /** @description No packet of the other side's sound has arrived for a while, though it is not on hold here. */
            is_deaf?: boolean;
            /** @description Its person holds the call. */
            is_held?: boolean;
            /** @description Its person has muted themselves in the app. */
            is_muted_in_app?: boolean;
            /** @description The output device is gone, or refuses to play. */
            is_output_lost?: boolean;
            microphone?: components["schemas"]["MicrophoneState"];
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
            /** @description Whether it was a call for help. */
            emergency: boolean;
            /** @description Who or what ended it, in a few words. */
            end_reason: string | null;
            /** Format: date-time */
            ended_at: string | null;
            /** @description Unique for ever. */
            id: string;
            /** @description Where who called for help was then: for administrators. Null for other calls, and where nobody has told. */
            location: string | null;
            outcome: components["schemas"]["Outcome"];
            /** @description The other party; for `internal` calls the called one. */
            peer: components["schemas"]["Party"];
            quality: components["schemas"]["Quality"] | null;
            /** @description Its newest recording that the reader may hear. */
            recording_id: string | null;
            /** Format: date-time */
            started_at: string;
        };
        /** @description Somebody whom one is to call once they are free. */
        CallBack: {
            name: string;
            number: string;
            /** Format: int64 */
            user_id: number;
        };
        /** @description Those whom one is to call once they are free. */
        CallBacks: {
            call_backs: components["schemas"]["CallBack"][];
        };
        /** @description What a person may do with the world. Internal and emergency numbers are always allowed. */
        Calling: {
            /**
             * @description free, local, national, mobile, international, premium.
             * @example [
             *       "free",
             *       "local",
             *       "national",
             *       "mobile"
             *     ]
             */
            classes: string[];
            /** @description Whether their number is kept from those whom they call. */
            hidden: boolean;
            /** @description Where they are, in words, for emergency calls. */
            location: string | null;
            /**
             * @description Their number as others see it; null: the one by which they are called from outside, else the trunk's.
             * @example +4989123450
             */
            number: string | null;
            /**
             * Format: int64
             * @description When, by a time profile: then `windows` do not count, and may be empty.
             */
            profile_id: number | null;
            /** @description When; empty: always. */
            windows: components["schemas"]["CallingWindow"][];
        };
        /** @description Some days of the week between two times of the day, as the site's clock has them. */
        CallingWindow: {
            days: components["schemas"]["Day"][];
            /** @example 08:00 */
            from: string;
            /**
             * @description When it is not later than `from`, the window ends on the next day.
             * @example 18:00
             */
            to: string;
        };
        /** @description What stops toll fraud. Emergency and internal calls do not count. */
        CallLimits: {
            /**
             * Format: int32
             * @description Calls to the world that one person begins in a minute.
             */
            calls_per_minute_max: number;
            /**
             * Format: int32
             * @description International and premium calls of the whole company at once.
             */
            costly_calls_max: number;
            /**
             * Format: int32
             * @description Minutes of such calls of the whole company in a day.
             */
            costly_minutes_per_day_max: number;
        };
        /** @description Whether a call is recorded. */
        CallRecording: {
            /** @description A rule records it: nobody can end it. */
            is_by_rule: boolean;
            /** @description One can end it: it is one's own, and no rule's. */
            may_end: boolean;
            state: components["schemas"]["CallRecordingState"];
            trouble: components["schemas"]["RecordingTrouble"] | null;
        };
        /**
         * @description Whether a call is recorded.
         * @enum {string}
         */
        CallRecordingState: "off" | "announcing" | "on" | "stopped";
        /** @description A page of the journal, newest first. */
        Calls: {
            calls: components["schemas"]["Call"][];
            /** @description To be given as `before` for older calls; null at the end. */
            next: string | null;
        };
        /** @description A capture. */
        Capture: {
            /** Format: date-time */
            begun_at: string;
            /** Format: int64 */
            bytes: number;
            /**
             * Format: int64
             * @description Packets for which there was no room.
             */
            dropped: number;
            ended: components["schemas"]["CaptureEnd"] | null;
            /** Format: int64 */
            id: number;
            /** @description Of what, for people. */
            of: string;
            /** Format: int64 */
            packets: number;
            /** Format: int32 */
            seconds: number;
            unmasked: boolean;
            with_audio: boolean;
        };
        /**
         * @description Why a capture has ended.
         * @enum {string}
         */
        CaptureEnd: "time" | "size" | "asked" | "disk";
        /** @description Captures, the newest first. */
        CaptureList: {
            captures: components["schemas"]["Capture"][];
        };
        /** @description What is to be changed about a device; what is absent stays as it is. */
        ChangedDevice: {
            label?: string;
            rings?: components["schemas"]["Rings"];
            /**
             * Format: int32
             * @description With `after`; 300 at most.
             */
            rings_after_s?: number;
            shared?: components["schemas"]["Sharing"] | null;
            /**
             * Format: int64
             * @description Null makes it nobody's. For administrators.
             */
            user_id?: number | null;
        };
        /** @description Another code. */
        ChangedFeature: {
            /**
             * @description 2 to 10 of the digits, * and #. Where something may be dialled behind it, it begins with * or #.
             * @example *99
             */
            code: string;
        };
        /** @description What is to be changed about a menu; what is absent stays as it is. */
        ChangedMenu: {
            extension?: string;
            /**
             * Format: int64
             * @description Null: "Welcome".
             */
            greeting_id?: number | null;
            hours?: components["schemas"]["MenuHours"] | null;
            keys?: components["schemas"]["MenuKey"][];
            language?: components["schemas"]["LanguageCode"] | null;
            name?: string;
            otherwise?: components["schemas"]["MenuChoice"];
            /** Format: int32 */
            plays_max?: number;
            takes_extensions?: boolean;
            /** Format: int32 */
            waits_s?: number;
        };
        /** @description What is to be changed about a group; what is absent stays as it is. */
        ChangedPickUpGroup: {
            member_ids?: number[];
            name?: string;
        };
        /** @description What is to be changed about a room; what is absent stays as it is. */
        ChangedRoom: {
            extension?: string;
            has_tones?: boolean;
            host_ids?: number[];
            /** Format: int32 */
            members_max?: number;
            name?: string;
            /** @description Null takes it away. */
            pin?: string | null;
            waits_for_host?: boolean;
        };
        /** @description What is to be changed about a route; what is absent stays as it is. */
        ChangedRoute: {
            classes?: string[];
            /** Format: int32 */
            cost?: number;
            name?: string;
            prefix?: string;
            trunks?: number[];
        };
        /** @description What is to be changed about a team; what is absent stays as it is. */
        ChangedTeam: {
            busy_when?: components["schemas"]["TeamBusyWhen"];
            extension?: string;
            has_line?: boolean;
            members?: components["schemas"]["TeamMember"][];
            name?: string;
            night?: components["schemas"]["TeamNight"] | null;
            order?: components["schemas"]["TeamOrder"];
            overflow?: components["schemas"]["TeamOverflow"] | null;
            /** Format: int32 */
            turn_s?: number;
        };
        /** @description What is to be changed about a time profile; what is absent stays as it is. */
        ChangedTimeProfile: {
            closed_days?: string[];
            name?: string;
            /** @description Null takes it away. */
            region?: string | null;
            windows?: components["schemas"]["CallingWindow"][];
        };
        /** @description What is to be changed about a trunk; what is absent stays as it is. */
        ChangedTrunk: components["schemas"]["TrunkTerms"] & {
            host?: string;
            name?: string;
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
        /** @description One run of the check page. Whatever was not tried, or was not finished, is absent or null. */
        Check: {
            /**
             * Format: int64
             * @description In milliseconds since 1970; the server's own time counts.
             */
            at?: number;
            bandwidth?: components["schemas"]["CheckBandwidth"] | null;
            browser: components["schemas"]["CheckBrowser"];
            /**
             * Format: int64
             * @description By how much the browser's clock is behind the server's.
             */
            clock_behind_ms?: number | null;
            gathering?: components["schemas"]["CheckGathering"] | null;
            headset?: components["schemas"]["CheckHeadset"] | null;
            microphone?: components["schemas"]["CheckMicrophone"] | null;
            page?: components["schemas"]["CheckReached"] | null;
            permission?: components["schemas"]["CheckPermission"] | null;
            speaker?: components["schemas"]["CheckSpeaker"] | null;
            /** Format: int32 */
            took_ms: number;
            ways: components["schemas"]["CheckWayTest"][];
            websocket?: components["schemas"]["CheckReached"] | null;
        };
        CheckBandwidth: {
            /** Format: int32 */
            down_kbit: number;
            /** Format: int32 */
            up_kbit: number;
        };
        /** @description What it ran in. */
        CheckBrowser: {
            /** @description Not in a secure context, so that there is no microphone. */
            is_insecure: boolean;
            /** @description What the app needs and this browser lacks. */
            missing: string[];
            /** @example Chromium 130 */
            name: string;
            system: string;
        };
        /** @description What has arrived. */
        CheckBytes: {
            bytes: number;
        };
        /** @description An ICE candidate. */
        CheckCandidate: {
            /** @description Null where the browser hides it. */
            address?: string | null;
            kind: components["schemas"]["CheckCandidateKind"];
            /** @description `wifi`, `ethernet`, `cellular`, `vpn` … */
            network?: string | null;
            /** Format: int32 */
            port: number;
            protocol: components["schemas"]["CheckProtocol"];
            /** @description Address and port of its base. */
            related?: string | null;
            /** Format: int32 */
            related_port?: number | null;
            /** @description Which server has seen it, as URL. */
            server?: string | null;
        };
        /** @enum {string} */
        CheckCandidateKind: "host" | "server_reflexive" | "peer_reflexive" | "relay";
        /** @description An echo that begins. */
        CheckEcho: {
            /** @description Our answer, with the candidates of that way alone. */
            answer: string;
            id: string;
        };
        /** @description What came back of the tone. */
        CheckEchoFound: {
            is_heard: boolean;
            /** Format: float */
            jitter_ms: number;
            /** Format: int32 */
            lasted_ms: number;
            /**
             * Format: float
             * @description 0 to 100.
             */
            loss_back_percent: number;
            /**
             * Format: float
             * @description 0 to 100.
             */
            loss_there_percent: number;
            /** Format: float */
            round_trip_ms: number;
        };
        /** @description What the server has received. */
        CheckEchoHeard: {
            /** @description ICE and DTLS are done. */
            is_connected: boolean;
            /** @description The tone of 1 kHz has come. */
            is_tone_heard: boolean;
            /** Format: float */
            jitter_ms: number;
            /**
             * Format: int64
             * @description Lost on the way to the server.
             */
            lost: number;
            /** Format: int64 */
            packets: number;
            /**
             * Format: int32
             * @description So much of it.
             */
            tone_ms: number;
            way: components["schemas"]["CheckEchoWay"] | null;
        };
        /** @enum {string} */
        CheckEchoWay: "udp" | "tcp" | "relay";
        /** @description The candidate test. */
        CheckGathering: {
            candidates: components["schemas"]["CheckCandidate"][];
            is_complete: boolean;
            servers: string[];
            /** Format: int32 */
            took_ms: number;
        };
        CheckHeadset: {
            is_integrated: boolean;
            name: string;
            owner: components["schemas"]["CheckHeadsetOwner"];
            state: components["schemas"]["CheckHeadsetState"];
        };
        /** @enum {string} */
        CheckHeadsetOwner: "unknown" | "other_tab";
        /** @enum {string} */
        CheckHeadsetState: "works" | "silent" | "unopened" | "untried";
        /** @description A link. What opens it was shown when it was made, and nobody has it any more. */
        CheckLink: {
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** Format: date-time */
            expires_at: string;
            /** @description Whom the results count for; null for nobody in particular. */
            extension: string | null;
            /** Format: int64 */
            id: number;
            label: string;
            /**
             * Format: date-time
             * @description When it was opened first; null while it was not.
             */
            used_at: string | null;
        };
        /** @description Links in force. */
        CheckLinks: {
            links: components["schemas"]["CheckLink"][];
        };
        /**
         * @description Where somebody is, seen from the server.
         * @enum {string}
         */
        CheckLocality: "lan" | "vpn" | "hairpin" | "internet" | "unknown";
        CheckMicrophone: {
            /** Format: int32 */
            devices: number;
            has_ended: boolean;
            has_spoken: boolean;
            is_muted: boolean;
            label: string;
            /**
             * Format: int32
             * @description The loudest moment; null when it was not measured.
             */
            peak_dbfs?: number | null;
        };
        /**
         * @description What a check comes to.
         * @enum {string}
         */
        CheckOutcome: "good" | "fair" | "poor" | "unknown";
        /** @description What a check page can do, and whom it asks. */
        CheckPage: {
            /**
             * Format: date-time
             * @description When the link ends; null for those who are signed in.
             */
            expires_at: string | null;
            /** @description The extension that the results count for; null for nobody's. */
            extension: string | null;
            /** @description Our TURN, for the way inside TLS. */
            ice: components["schemas"]["IceServer"][];
            /** @description It was opened by a link, without a sign-in. */
            is_guest: boolean;
            /** @description The link's label; for those who are signed in, their name. */
            label: string;
            /** @description Where that is. */
            locality: components["schemas"]["CheckLocality"];
            /**
             * @description The address by which this server sees the browser.
             * @example 198.51.100.7
             */
            seen_as: string;
            /** Format: date-time */
            server_time: string;
            /**
             * @description Whom to ask, as URLs: ports of this server first, then the servers of the configuration.
             * @example [
             *       "stun:pbx.example.com:8802",
             *       "stun:stun.example.com:3478"
             *     ]
             */
            stun: string[];
            /** @description What is to be tried. */
            tasks: components["schemas"]["CheckTask"][];
        };
        /** @enum {string} */
        CheckPermission: "granted" | "denied" | "unanswered" | "blocked";
        /** @enum {string} */
        CheckProtocol: "udp" | "tcp";
        /** @description Something that was reached, or not. */
        CheckReached: {
            error?: string | null;
            is_reached: boolean;
            /** Format: int32 */
            took_ms: number;
        };
        CheckSpeaker: {
            /** Format: int32 */
            devices?: number | null;
            error?: string | null;
            /** @description What the person says; null when they were not asked, or did not answer. */
            is_heard?: boolean | null;
            is_recording_heard?: boolean | null;
            label: string;
        };
        /**
         * @description A part of the check.
         * @enum {string}
         */
        CheckTask: "page" | "websocket" | "candidates" | "ways" | "bandwidth" | "permission" | "microphone" | "speaker" | "playback" | "headset";
        /** @description A check and what it comes to. */
        CheckVerdict: {
            /** Format: date-time */
            at: string;
            check: components["schemas"]["Check"];
            /** @description What is wrong, the worst first. */
            findings: components["schemas"]["Finding"][];
            /** @description One sentence for a lay person. */
            headline: string;
            id: string;
            /**
             * @description Where the help desk sees it.
             * @example /admin/doctor/checks/7
             */
            link: string;
            verdict: components["schemas"]["CheckOutcome"];
            who: components["schemas"]["CheckWho"];
        };
        /**
         * @description A way that media can take to the server.
         * @enum {string}
         */
        CheckWay: "udp" | "tcp" | "tls";
        /** @description Audio there and back by one way alone. */
        CheckWayTest: {
            echo?: components["schemas"]["CheckEchoFound"] | null;
            is_connected: boolean;
            /** Format: int32 */
            took_ms: number;
            way: components["schemas"]["CheckWay"];
        };
        /** @description Who has run it. */
        CheckWho: {
            /** @description Whom it counts for; null for nobody in particular. */
            extension: string | null;
            /** @description The link's label; null for those who were signed in. */
            label: string | null;
            /** @description The person, or the link's label. */
            name: string;
        };
        /** @description A conference, as all who are in it see it. */
        Conference: {
            /** @description As in `/calls`. */
            call: string;
            /** @description Nobody else comes in. */
            is_locked: boolean;
            /** @description In the order in which they have come; without members it is over, or one is not in it any more. */
            members: components["schemas"]["ConferenceMember"][];
            /**
             * Format: int64
             * @description The room whose it is; null: it was made of running calls.
             */
            room_id: number | null;
        };
        /** @description Somebody in a conference. */
        ConferenceMember: {
            /**
             * Format: int64
             * @description By which phone, where it is oneself.
             */
            device_id: number | null;
            /** @description They want to speak. */
            hand_is_up: boolean;
            /** @description Whether they lead. */
            is_host: boolean;
            /** @description Whether it is oneself. */
            is_me: boolean;
            /** @description They are not heard. */
            is_muted: boolean;
            /**
             * Format: int64
             * @description Names them.
             */
            leg: number;
            party: components["schemas"]["Party"];
            presence: components["schemas"]["Presence"];
            /**
             * Format: date-time
             * @description Since when they are there.
             */
            since: string;
        };
        /** @description The conferences that one is in. */
        Conferences: {
            conferences: components["schemas"]["Conference"][];
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
        /**
         * @description Whose doing it is.
         * @enum {string}
         */
        Culprit: "office_router" | "home_router" | "provider" | "stun_server" | "firewall" | "computer" | "headset" | "desk_phone" | "configuration" | "nobody" | "unknown";
        /** @description The session in force. */
        CurrentSession: {
            /** Format: date-time */
            expires_at: string;
            user: components["schemas"]["Me"];
        };
        /**
         * @description A day of the week.
         * @enum {string}
         */
        Day: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
        /** @description Where a dialled number leads. */
        Destination: {
            extension: string;
            /** @enum {string} */
            kind: "person";
            name: string;
            text: string;
        } | {
            extension: string;
            /** @enum {string} */
            kind: "team";
            /** @description Who rings, in the team's order; nobody at night. */
            members: string[];
            name: string;
            /** @description The number that has the team's calls while it does not work; null when it works. */
            night: string | null;
            text: string;
        } | {
            extension: string;
            /** @enum {string} */
            kind: "menu";
            name: string;
            text: string;
        } | {
            extension: string;
            /** @enum {string} */
            kind: "room";
            name: string;
            text: string;
        } | {
            /** @enum {string} */
            kind: "feature";
            text: string;
        } | {
            /** @enum {string} */
            kind: "outside";
            text: string;
            /** @description Best first; the first that is up gets the call. */
            ways: components["schemas"]["Way"][];
        } | {
            code: components["schemas"]["RefusalCode"];
            /** @enum {string} */
            kind: "nowhere";
            text: string;
            /** @description What belongs into a sentence for the code: `class`, where the code speaks of one. */
            values: {
                [key: string]: string;
            };
        };
        /** @description A phone. */
        Device: {
            /** Format: int64 */
            id: number;
            /** @description Whether somebody talks, dials or holds there. */
            in_use: boolean;
            kind: components["schemas"]["DeviceKind"];
            /** @description Shown to its owner. */
            label: string;
            /** @description Whether it can be reached now. */
            registered: boolean;
            /** @description Address and port that it registered from. */
            registered_from: string | null;
            rings: components["schemas"]["Rings"];
            /**
             * Format: int32
             * @description With `after`: after so many seconds.
             */
            rings_after_s: number;
            seat: components["schemas"]["Seat"] | null;
            shared: components["schemas"]["Sharing"] | null;
            /** @description User part of its SIP address, and its user name for the digest. */
            sip_user: string;
            /**
             * Format: int64
             * @description Whose it is; null: it belongs to a place or to a team.
             */
            user_id: number | null;
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
        /** @description Who dials what. */
        DialledNumber: {
            /**
             * Format: date-time
             * @description When; now unless said otherwise.
             */
            at?: string | null;
            /** @example 0049 89 123456 */
            dialled: string;
            /** @example 103 */
            extension: string;
        };
        /** @description Keys for the other party. */
        Digits: {
            /**
             * @description 1 to 32 of `0-9*#A-D`.
             * @example 1#
             */
            digits: string;
        };
        /**
         * @description Seen from the reader.
         * @enum {string}
         */
        Direction: "outgoing" | "incoming" | "internal";
        /** @description What is wrong now. */
        Doctor: {
            counts: components["schemas"]["FindingCounts"];
            /** @description The worst first. */
            findings: components["schemas"]["Finding"][];
            /**
             * Format: date-time
             * @description Null before the first look.
             */
            looked_at: string | null;
        };
        /** @description A rule of home working. */
        DoctorRule: {
            /** @description How farend looks whether it is kept, and what it does where it is not. */
            farend: string;
            /** @example R-e */
            id: string;
            /** @description What it asks for, and why. */
            text: string;
            title: string;
        };
        /** @description Nobody shall disturb. */
        DoNotDisturb: {
            /** @description Whose calls ring nevertheless: extensions, or numbers of the world; 50 at most. */
            except: string[];
            is_on: boolean;
        };
        /** @description Something that the app is told. */
        Event: {
            /** @description Those whom one is to call once they are free. */
            call_backs: components["schemas"]["CallBack"][];
            /** @description One's own calls, oldest first. */
            calls: components["schemas"]["LiveCall"][];
            /** @description The conferences that one is in, or on the way to. */
            conferences: components["schemas"]["Conference"][];
            /** @description The devices that one may see and that are registered. */
            devices: components["schemas"]["DeviceNow"][];
            /** @description What is on the lines of one's teams; a team without calls is not listed. */
            lines: components["schemas"]["LineNow"][];
            /** @description All parked calls. */
            parked: components["schemas"]["ParkedCall"][];
            /** @description What rings at others of one's groups, oldest first. */
            pick_ups: components["schemas"]["RingingCall"][];
            /** @description Who is logged on at shared phones; a phone that is not listed is its owner's. */
            seats: components["schemas"]["SeatNow"][];
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
            calls: components["schemas"]["LiveCall"][];
            /** @enum {string} */
            type: "calls";
        } | {
            calls: components["schemas"]["LineCall"][];
            /** Format: int64 */
            team_id: number;
            /** @enum {string} */
            type: "team_line";
        } | {
            /** Format: int64 */
            device_id: number;
            /**
             * Format: int64
             * @description Whose number is with their browser meanwhile.
             */
            mobile_user_id: number | null;
            /** @enum {string} */
            type: "seated";
            /**
             * Format: int64
             * @description Whose number the phone has.
             */
            user_id: number | null;
        } | {
            conference: components["schemas"]["Conference"];
            /** @enum {string} */
            type: "conference";
        } | {
            /** @description As in `/calls`. */
            call: string;
            /** @description The loudest first, five at most. */
            levels: components["schemas"]["SpeakingLevel"][];
            /** @enum {string} */
            type: "speaking";
        } | {
            parked: components["schemas"]["ParkedCall"][];
            /** @enum {string} */
            type: "parked";
        } | {
            pick_ups: components["schemas"]["RingingCall"][];
            /** @enum {string} */
            type: "pick_ups";
        } | {
            call_backs: components["schemas"]["CallBack"][];
            /** @enum {string} */
            type: "call_backs";
        } | {
            end: components["schemas"]["TransferEnd"];
            /** @description Who was handed over. */
            party: components["schemas"]["Party"];
            /** @description To whom. */
            to: components["schemas"]["Party"];
            /** @enum {string} */
            type: "transferred";
        } | {
            /** Format: int32 */
            note: number;
            /** Format: int32 */
            problem: number;
            /** @enum {string} */
            type: "doctor_changed";
            /** Format: int32 */
            warning: number;
        } | {
            /** @enum {string} */
            type: "recordings";
        } | {
            storage: components["schemas"]["RecordingStorage"];
            /** @enum {string} */
            type: "recording_storage";
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
            /** @description As in `/calls`. */
            call: string;
            direction: components["schemas"]["AudioDirection"];
            /**
             * @description Direction and stage in one word, for the app's own sentences.
             * @example from_me_microphone
             */
            sentence_code: string;
            stage: components["schemas"]["AudioStage"];
            /** @enum {string} */
            type: "audio_trouble";
            /** @description On whose side the sound is lost. */
            whose: components["schemas"]["AudioSide"];
        } | {
            /** @description As in `/calls`. */
            call: string;
            direction: components["schemas"]["AudioDirection"];
            /** @enum {string} */
            type: "audio_fine";
        } | {
            /** Format: int64 */
            device_id: number;
            /** @enum {string} */
            type: "phone_displaced";
        } | {
            /** Format: int64 */
            trunk_id: number;
            /** @enum {string} */
            type: "trunk_changed";
        } | {
            text: string;
            /** @enum {string} */
            type: "fraud_suspected";
            /** Format: int64 */
            user_id: number;
        } | {
            /** @description As in `/calls`. */
            call: string;
            /** @description The emergency number. */
            dialled: string;
            extension: string | null;
            /** @description Where they are; null where nobody has told. */
            location: string | null;
            name: string | null;
            /** @description The trunk by which the call is tried first; null where none can take it. */
            trunk: string | null;
            /** @enum {string} */
            type: "emergency_call";
            /**
             * Format: int64
             * @description Who has dialled.
             */
            user: number | null;
        };
        /** @description What a dialled number comes to. */
        Explanation: {
            /** @description internal, emergency, free, local, national, mobile, international or premium; null for what cannot be called. */
            class: string | null;
            leads: components["schemas"]["Destination"];
            means: components["schemas"]["Meaning"] | null;
        };
        /** @description Where a fact was found. */
        FactSource: {
            /**
             * @description When it was looked at: year and month.
             * @example 2026-10
             */
            date: string;
            /** @description In words, or an address. */
            source: string;
        };
        /**
         * @description One of the two internets.
         * @enum {string}
         */
        Family: "ipv4" | "ipv6";
        /** @description What is dialled for a feature. */
        Feature: {
            /**
             * @description What is dialled.
             * @example *37
             */
            code: string;
            /** @description Such as `call_back`. */
            name: string;
            takes: components["schemas"]["FeatureTakes"];
            /** @description What is dialled unless an administrator has decided otherwise. */
            usual_code: string;
        };
        /** @description All features, in the order in which people read about them. */
        Features: {
            features: components["schemas"]["Feature"][];
        };
        /**
         * @description What may be dialled behind a code.
         * @enum {string}
         */
        FeatureTakes: "nothing" | "maybe" | "extension";
        /** @description One field of the request that cannot be used. */
        FieldError: {
            /** @description Its name in the request's body or query. */
            field: string;
            /** @description What would be right, as a sentence for the person who typed it. */
            message: string;
        };
        /** @description Something that is wrong, or was. */
        Finding: {
            /**
             * Format: date-time
             * @description Null: it is still so.
             */
            cleared_at: string | null;
            confidence: components["schemas"]["FindingConfidence"];
            culprit: components["schemas"]["Culprit"];
            /**
             * @description In words.
             * @example a firewall
             */
            culprit_text: string;
            /** @description By what it was seen. */
            evidence: components["schemas"]["FindingEvidence"][];
            /**
             * @description For programs: never changes.
             * @example rf_stun_silent
             */
            fault: string;
            /** @description What to do, step by step. */
            fix: string[];
            /**
             * @description The same for the same fault of the same subject.
             * @example rf_stun_silent|server
             */
            id: string;
            /** Format: date-time */
            last_seen_at: string;
            /** @description What works all the same. */
            possible: string;
            /** @description How to look whether that has helped. */
            retest: string;
            /**
             * @description The rule that it breaks.
             * @example R-f
             */
            rule: string;
            /** @description What is wrong, in one sentence. */
            sentence: string;
            severity: components["schemas"]["FindingSeverity"];
            /** Format: date-time */
            since: string;
            subject: components["schemas"]["FindingSubject"];
            /**
             * @description In words.
             * @example the server
             */
            subject_text: string;
        };
        /**
         * @description How sure that is.
         * @enum {string}
         */
        FindingConfidence: "low" | "medium" | "high";
        /** @description How many findings there are of each severity. */
        FindingCounts: {
            /** Format: int32 */
            note: number;
            /** Format: int32 */
            problem: number;
            /** Format: int32 */
            warning: number;
        };
        /** @description One thing that was seen. */
        FindingEvidence: {
            /**
             * Format: date-time
             * @description Null for what is configured.
             */
            at: string | null;
            /** @description In words. */
            text: string;
            /** @example 198.51.100.2 */
            value: string;
            /**
             * @description For programs.
             * @example stun_address
             */
            what: string;
        };
        /** @description A page of findings, the newest first. */
        FindingHistory: {
            findings: components["schemas"]["Finding"][];
            /**
             * Format: int64
             * @description To be given as `before` for older ones; null at the end.
             */
            next: number | null;
        };
        /**
         * @description How bad it is.
         * @enum {string}
         */
        FindingSeverity: "note" | "warning" | "problem";
        /** @description Whom a finding is about. What it does not have is left out. */
        FindingSubject: {
            /** @description By which the server sees a network. */
            address?: string | null;
            /**
             * Format: int64
             * @description A phone's device.
             */
            device?: number | null;
            /** @description Of a person; empty for a guest. */
            extension?: string | null;
            /**
             * Format: int64
             * @description A call's number.
             */
            id?: number | null;
            kind: components["schemas"]["FindingSubjectKind"];
            /**
             * Format: int64
             * @description Whose sound is missing in it.
             */
            leg?: number | null;
            /** @description Of a trunk, a person or a phone. */
            name?: string | null;
        };
        /**
         * @description What a finding is about.
         * @enum {string}
         */
        FindingSubjectKind: "server" | "trunk" | "network" | "person" | "phone" | "call";
        /** @description Everything that is kept of one call. Times are milliseconds from `begun_at`. */
        Flight: {
            /**
             * Format: date-time
             * @description When the call began.
             */
            begun_at: string;
            /** @description As in `/calls`. */
            call: string;
            /**
             * Format: int32
             * @description While it runs: null.
             */
            ended_at_ms: number | null;
            /** @description SIP messages, oldest first; without their bodies. Administrators alone see it. */
            ladder: components["schemas"]["FlightMessage"][];
            /**
             * Format: int32
             * @description Messages and marks in the middle of the call for which there was no room.
             */
            left_out: number;
            /** @description In the order in which they came. */
            legs: components["schemas"]["FlightLeg"][];
            /** @description What happened, oldest first. */
            marks: components["schemas"]["FlightMark"][];
            /** @description How it sounded. */
            series: components["schemas"]["FlightSeries"][];
        };
        /**
         * @description Whether the peer of a leg speaks, or hears.
         * @enum {string}
         */
        FlightDirection: "received" | "sent";
        /** @description One party's connection. */
        FlightLeg: {
            /** @description The codec at the end. */
            codec: string | null;
            kind: components["schemas"]["FlightLegKind"] | null;
            /**
             * Format: int64
             * @description Names it in the other lists.
             */
            leg: number;
            /** @description The name; empty where it is not known. */
            name: string;
            /** @description The number; empty where it is not known. */
            party: string;
            /** @description The trunk's name. */
            trunk: string | null;
        };
        /**
         * @description What is at the other end of a leg.
         * @enum {string}
         */
        FlightLegKind: "browser" | "phone" | "trunk";
        /** @description What happened at a moment. */
        FlightMark: {
            /**
             * Format: int32
             * @description When.
             */
            at_ms: number;
            /** @description What. */
            kind: components["schemas"]["FlightMarkKind"];
            /**
             * Format: int64
             * @description Whose.
             */
            leg: number | null;
            /** @description In words, for people. */
            text: string;
        };
        /**
         * @description What happened at a moment.
         * @enum {string}
         */
        FlightMarkKind: "answered" | "connected" | "way" | "codec" | "ice_restart" | "hold" | "hold_end" | "moved" | "recording" | "transferred" | "forwarded" | "emergency" | "trouble" | "trouble_end" | "failed" | "ended";
        /** @description One SIP message. */
        FlightMessage: {
            /**
             * Format: int32
             * @description When.
             */
            at_ms: number;
            /** @description Who sends it: a leg's person, or `farend`. */
            from: string;
            /**
             * Format: int64
             * @description Whose.
             */
            leg: number | null;
            /** @description Transport, size, and how often it was sent again. */
            note: string;
            /** @description Who gets it. */
            to: string;
            /** @description `INVITE`, `200 OK`. */
            what: string;
        };
        /** @description One direction of a leg, step by step; null where nothing was measured. */
        FlightSeries: {
            /** @description Received or sent. */
            direction: components["schemas"]["FlightDirection"];
            /**
             * Format: int32
             * @description When the first step begins.
             */
            from_ms: number;
            /** @description Interarrival jitter (RFC 3550 section 6.4.1). */
            jitter_ms: (number | null)[];
            /**
             * Format: int64
             * @description Whose.
             */
            leg: number;
            /** @description 0 is full scale, -127 silence. */
            level_dbov: (number | null)[];
            /** @description Share of the packets that were lost. */
            loss_percent: (number | null)[];
            /** @description By the E-model, 1.0 to 4.5. */
            mos: (number | null)[];
            /** @description Packets in each step. */
            packets: number[];
            /** @description Between us and the peer. */
            round_trip_ms: (number | null)[];
            /**
             * Format: int32
             * @description From one step to the next.
             */
            step_ms: number;
        };
        /** @description A rule by which calls go elsewhere. */
        Forward: {
            /**
             * Format: int32
             * @description With `no_answer`: after so many seconds, 300 at most; null otherwise.
             */
            after_s: number | null;
            during: components["schemas"]["ForwardDuring"] | null;
            from: components["schemas"]["ForwardFrom"];
            is_on: boolean;
            /** @description With `these`: extensions, or numbers of the world; 50 at most. Empty otherwise. */
            numbers: string[];
            /**
             * @description A number of ours, or of the world with the permissions of whoever forwards, as they would dial it.
             * @example 0170 1234567
             */
            to: string;
            when: components["schemas"]["ForwardWhen"];
        };
        /** @description While a time profile is open, or closed. */
        ForwardDuring: {
            /** @description Whether it shall be open. */
            is_open: boolean;
            /** Format: int64 */
            profile_id: number;
        };
        /**
         * @description Whose number the provider is told when a call of the world is handed on to the world.
         * @enum {string}
         */
        Forwarded: "own" | "original_with_diversion";
        /**
         * @description Whose calls go elsewhere.
         * @enum {string}
         */
        ForwardFrom: "anybody" | "inside" | "outside" | "anonymous" | "these";
        /**
         * @description In which case calls go elsewhere.
         * @enum {string}
         */
        ForwardWhen: "always" | "busy" | "no_answer" | "unreachable";
        /** @description Whether somebody wants to speak. */
        Hand: {
            is_up: boolean;
        };
        /** @description A header field of SIP. */
        HeaderField: {
            name: string;
            value: string;
        };
        /** @description How the server is. */
        HealthReport: {
            /** @description Whether calls are being written to the journal; they are kept in memory while they cannot be. */
            journal: components["schemas"]["Status"];
            status: components["schemas"]["Status"];
            version: string;
        };
        /**
         * @description Whose recordings somebody may hear.
         * @enum {string}
         */
        HearsRecordings: "none" | "own" | "all";
        /** @description A public holiday. */
        Holiday: {
            /** @example 2026-12-25 */
            date: string;
            /** @description For people, in the language of the place. */
            name: string;
        };
        /** @description A country, or a part of one. */
        HolidayRegion: {
            /** @description For people, in the language of the place. */
            name: string;
            /**
             * @description ISO 3166.
             * @example DE-BY
             */
            region: string;
        };
        /** @description Where holidays are known. */
        HolidayRegions: {
            regions: components["schemas"]["HolidayRegion"][];
        };
        /** @description The public holidays of a year, in order. */
        Holidays: {
            holidays: components["schemas"]["Holiday"][];
        };
        /** @description A server for `RTCPeerConnection`'s `iceServers`. */
        IceServer: {
            credential: string;
            /**
             * @example [
             *       "turns:pbx.example.com:8802?transport=tcp"
             *     ]
             */
            urls: string[];
            username: string;
        };
        /**
         * @description Where the caller's number is told.
         * @enum {string}
         */
        IdentityHeader: "from" | "asserted" | "preferred" | "account_from";
        /** @description Where calls to some of our numbers go. */
        InboundNumber: {
            /**
             * @description A number, or a block of them.
             * @example +498912345(00-99)
             */
            block: string;
            /** Format: int64 */
            id: number;
            /** @description `extension`: to the extension behind the block's head. Otherwise a number of ours: an extension or a feature code. */
            target: string;
            /**
             * Format: int64
             * @description Only by this trunk; null: by any.
             */
            trunk_id: number | null;
        };
        /**
         * @description A language in which prompts are spoken (ISO 639-1).
         * @enum {string}
         */
        LanguageCode: "en" | "de";
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
        /** @description How a line to a provider is. */
        Line: {
            /** @description The account's user; null without one. */
            account: string | null;
            alg: components["schemas"]["SipAlg"] | null;
            /**
             * Format: date-time
             * @description When it is tried again.
             */
            retry_at: string | null;
            /**
             * Format: double
             * @description Milliseconds from the last OPTIONS or REGISTER to its answer.
             */
            round_trip_ms: number | null;
            /** @description Our address and port as the provider sees them. */
            seen_as: string | null;
            server: components["schemas"]["TrunkServer"] | null;
            /**
             * Format: date-time
             * @description Since when it is up.
             */
            since: string | null;
            state: components["schemas"]["LineState"];
            trouble: components["schemas"]["Trouble"] | null;
        };
        /** @description Somebody on a team's line. */
        LineCall: {
            /** Format: date-time */
            begun_at: string;
            /**
             * Format: int64
             * @description The member who talks or holds.
             */
            by_user_id: number | null;
            /** @description As in `/calls`. */
            call: string;
            /**
             * Format: int64
             * @description By this phone.
             */
            device_id: number | null;
            /** @description Who is at the other end. */
            other: components["schemas"]["Party"];
            /** @description `holding`: any member may take it. */
            state: components["schemas"]["LiveCallState"];
        };
        /** @description What is on a team's line. */
        LineNow: {
            calls: components["schemas"]["LineCall"][];
            /** Format: int64 */
            team_id: number;
        };
        /**
         * @description Whether calls can go by a line.
         * @enum {string}
         */
        LineState: "starting" | "up" | "waiting";
        /** @description A call that runs now, as one of those in it sees it. */
        LiveCall: {
            /** Format: date-time */
            answered_at: string | null;
            /** Format: date-time */
            begun_at: string;
            /** @description As in `/calls`. */
            call: string;
            /** @description One's phones that are in it, or ring. */
            device_ids: number[];
            /** @description Who is at the other end. */
            other: components["schemas"]["Party"];
            recording: components["schemas"]["CallRecording"];
            side: components["schemas"]["Side"];
            state: components["schemas"]["LiveCallState"];
            /**
             * Format: int64
             * @description The team that was called.
             */
            team_id: number | null;
        };
        /** @description One's calls that run now. */
        LiveCalls: {
            calls: components["schemas"]["LiveCall"][];
        };
        /**
         * @description What a call is doing, for one of those in it.
         * @enum {string}
         */
        LiveCallState: "lifting" | "dialling" | "ringing" | "talking" | "holding" | "held" | "moving" | "conferring" | "waiting";
        /**
         * @description Where a network is, seen from the server.
         * @enum {string}
         */
        Locality: "lan" | "vpn" | "hairpin" | "internet" | "unknown";
        /** @description Whether nobody else comes in. */
        Lock: {
            is_locked: boolean;
        };
        /** @description A link that was made. */
        MadeCheckLink: {
            /** Format: date-time */
            expires_at: string;
            /** Format: int64 */
            id: number;
            /**
             * @description Path and fragment, to be put behind the server's address. Shown only now.
             * @example /check#0f0e0d0c0b0a09080706050403020100
             */
            url: string;
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
            /** @description Which recordings one may hear. */
            hears_recordings: components["schemas"]["HearsRecordings"];
            /** Format: int64 */
            id: number;
            login: string;
            /** @description Whether one may record one's calls. */
            may_record: boolean;
            name: string;
            phone: components["schemas"]["Phone"] | null;
            role: components["schemas"]["Role"];
            server: components["schemas"]["Server"];
            sip_server: components["schemas"]["SipServer"];
        };
        /** @description What a number means. */
        Meaning: {
            kind: components["schemas"]["MeaningKind"];
            /** @description As farend understands it: an extension, a short number, or an international number; null for what means nothing. */
            number: string | null;
            /** @description The same in words. */
            text: string;
        };
        /**
         * @description What kind of number.
         * @enum {string}
         */
        MeaningKind: "internal" | "emergency" | "service" | "world" | "unknown";
        /** @description A menu that callers hear. One without keys and extensions, whose `otherwise` hangs up, is an announcement with a number of its own. */
        Menu: {
            /** @description The number; none of anybody else's. */
            extension: string;
            /**
             * Format: int64
             * @description The announcement that callers hear first; null: "Welcome".
             */
            greeting_id: number | null;
            hours: components["schemas"]["MenuHours"] | null;
            /** Format: int64 */
            id: number;
            /** @description What the keys do. */
            keys: components["schemas"]["MenuKey"][];
            language: components["schemas"]["LanguageCode"] | null;
            /** @description Shown on displays. */
            name: string;
            /** @description What happens after that. */
            otherwise: components["schemas"]["MenuChoice"];
            /**
             * Format: int32
             * @description How often the greeting is played at most, when nothing that means something was pressed.
             */
            plays_max: number;
            /** @description Whether a caller may dial an extension instead of a key. */
            takes_extensions: boolean;
            /**
             * Format: int32
             * @description How long a caller may think after the greeting, in seconds.
             */
            waits_s: number;
        };
        /** @description What happens when somebody has chosen, or nobody has. */
        MenuChoice: {
            /** @enum {string} */
            do: "number";
            number: string;
        } | {
            /** Format: int64 */
            announcement_id: number;
            /** @enum {string} */
            do: "hear";
        } | {
            /** @enum {string} */
            do: "again";
        } | {
            /** @enum {string} */
            do: "hang_up";
        };
        /** @description When a menu is open. */
        MenuHours: {
            /**
             * Format: int64
             * @description The announcement that callers hear when it is closed; null: that we are closed.
             */
            greeting_id: number | null;
            /**
             * Format: int64
             * @description Open by this time profile.
             */
            profile_id: number;
            /** @description What happens after that. */
            then: components["schemas"]["MenuChoice"];
        };
        /** @description What a key does. */
        MenuKey: {
            choice: components["schemas"]["MenuChoice"];
            /**
             * @description 0 to 9, * or #.
             * @example 1
             */
            key: string;
        };
        /** @description All menus, by extension. */
        Menus: {
            menus: components["schemas"]["Menu"][];
        };
        /**
         * @description What a microphone does.
         * @enum {string}
         */
        MicrophoneState: "unknown" | "works" | "muted_by_system" | "ended" | "zero";
        /** @description A mobile. */
        Mobile: {
            /**
             * Format: int32
             * @description It rings after so many seconds; 300 at most.
             */
            delay_s: number;
            /**
             * @description As its person would dial it.
             * @example 0170 1234567
             */
            number: string;
        };
        /** @description Whether somebody is not heard. */
        Muted: {
            is_on: boolean;
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
        /** @description A check of a browser. */
        NetworkCheck: {
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description For `/check/results`; null where it is not kept.
             */
            id: number | null;
            verdict: components["schemas"]["NetworkVerdict"];
        };
        /** @description Who is where, what stands between, and whose doing a fault is. */
        NetworkPlan: {
            edges: components["schemas"]["PlanEdge"][];
            /** @description Of what is open, the worst first. */
            findings: string[];
            /** @description From the office outwards. */
            nodes: components["schemas"]["PlanNode"][];
            /** Format: date-time */
            taken_at: string;
        };
        /**
         * @description How good it is there.
         * @enum {string}
         */
        NetworkVerdict: "good" | "fair" | "poor" | "unknown";
        /**
         * @description How media goes.
         * @enum {string}
         */
        NetworkWay: "udp" | "tcp" | "relay";
        /** @description An account at a provider. */
        NewAccount: {
            /** @description The digest user name, where it is another. */
            auth_user?: string | null;
            /** @description The user part of our Contact, where it is another than `user`. */
            contact_user?: string | null;
            /**
             * Format: int32
             * @description How long registrations shall last, from 60 to 86400; null: it does not register.
             */
            expires_seconds?: number | null;
            /** @description May be absent where there is an account of this user already: it keeps its password. */
            password?: string | null;
            /** @description The only realm whose challenges are answered; null: the first that challenges. */
            realm?: string | null;
            /** @description The user part of its address, e.g. the number. */
            user: string;
        };
        /** @description Of what a capture is made: one of `call`, `device` and `trunk`. */
        NewCapture: {
            /** @description A running call, as in `/calls`. */
            call?: string | null;
            /**
             * Format: int64
             * @description A phone: its calls and registrations.
             */
            device?: number | null;
            /** @description Why; needed with `with_audio` and `unmasked`. */
            reason?: string | null;
            /**
             * Format: int32
             * @description 1 to 600.
             */
            seconds: number;
            /**
             * Format: int64
             * @description A trunk: its calls.
             */
            trunk?: number | null;
            /** @description Names and numbers are shown; secrets never are. */
            unmasked?: boolean;
            /** @description What is said is in it too; only for those who may hear everybody's recordings. Browsers' audio stays encrypted. */
            with_audio?: boolean;
        };
        /** @description A link to be made. */
        NewCheckLink: {
            /** @description Test as this person: the results count for them. */
            extension?: string;
            /** @description For whom, or for what. */
            label: string;
        };
        /** @description A device to be added. */
        NewDevice: {
            kind: components["schemas"]["DeviceKind"];
            /** @example Desk phone */
            label: string;
            shared?: components["schemas"]["Sharing"] | null;
            /**
             * @description Letters, digits, dots, dashes, underscores; unique.
             * @example 101-desk
             */
            sip_user: string;
            /**
             * Format: int64
             * @description Whose it is; null: it belongs to a place or to a team.
             */
            user_id?: number | null;
        };
        /** @description A number or a block of numbers to be added. */
        NewInboundNumber: {
            /**
             * @description A number such as `+4989123450`, or a block of them: the head, and the first and the last extension behind it.
             * @example +498912345(00-99)
             */
            block: string;
            /**
             * @description `extension`: to the extension behind the block's head. Otherwise a number of ours: an extension or a feature code.
             * @example extension
             */
            target: string;
            /**
             * Format: int64
             * @description Only by this trunk; null: by any.
             */
            trunk_id?: number | null;
        };
        /** @description A call to be made by a phone: it is called first, or lifts by itself. */
        NewLiveCall: {
            /** Format: int64 */
            device_id: number;
            /**
             * @description As one would dial it.
             * @example 102
             */
            number: string;
        };
        /** @description A menu to be added. */
        NewMenu: {
            extension: string;
            /** Format: int64 */
            greeting_id?: number | null;
            hours?: components["schemas"]["MenuHours"] | null;
            keys?: components["schemas"]["MenuKey"][];
            language?: components["schemas"]["LanguageCode"] | null;
            name: string;
            /** @description Goodbye, unless said otherwise. */
            otherwise?: components["schemas"]["MenuChoice"];
            /**
             * Format: int32
             * @description 1 to 10; 3 unless said otherwise.
             */
            plays_max?: number;
            takes_extensions?: boolean;
            /**
             * Format: int32
             * @description 1 to 30; 5 unless said otherwise.
             */
            waits_s?: number;
        };
        /** @description A group to be added. */
        NewPickUpGroup: {
            member_ids?: number[];
            name: string;
        };
        /** @description A PIN for somebody. */
        NewPin: {
            /**
             * @description 4 to 12 digits, none that anybody would try first.
             * @example 4826
             */
            pin: string;
        };
        /** @description A room to be added. */
        NewRoom: {
            extension: string;
            /** @description True unless said otherwise. */
            has_tones?: boolean;
            host_ids?: number[];
            /**
             * Format: int32
             * @description 2 to 64; 20 unless said otherwise.
             */
            members_max?: number;
            name: string;
            /** @description 4 to 12 digits. */
            pin?: string | null;
            waits_for_host?: boolean;
        };
        /** @description A route to be added, after all others. */
        NewRoute: {
            /** @description free, local, national, mobile, international, premium; all unless said otherwise. */
            classes?: string[];
            /** Format: int32 */
            cost?: number;
            name: string;
            /**
             * @description The digits that international numbers begin with; empty for all.
             * @example 49
             */
            prefix?: string;
            /** @description Keys of trunks, best first; 1 to 8. */
            trunks: number[];
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
        /** @description A team to be added. */
        NewTeam: {
            /** @description `all` unless said otherwise. */
            busy_when?: components["schemas"]["TeamBusyWhen"];
            extension: string;
            has_line?: boolean;
            members?: components["schemas"]["TeamMember"][];
            name: string;
            night?: components["schemas"]["TeamNight"] | null;
            /** @description `all` unless said otherwise. */
            order?: components["schemas"]["TeamOrder"];
            overflow?: components["schemas"]["TeamOverflow"] | null;
            /**
             * Format: int32
             * @description 3 to 120; 20 unless said otherwise.
             */
            turn_s?: number;
        };
        /** @description A time profile to be added. */
        NewTimeProfile: {
            closed_days?: string[];
            name: string;
            region?: string | null;
            windows: components["schemas"]["CallingWindow"][];
        };
        /** @description A trunk to be added. */
        NewTrunk: components["schemas"]["TrunkTerms"] & {
            /**
             * @description The registrar or outbound proxy: a name or an address.
             * @example sip.example.com
             */
            host: string;
            name: string;
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
         * @description Why a file cannot be played to callers, for programs: stable.
         * @enum {string}
         */
        NotAudioReason: "unknown_format" | "video" | "unknown_codec" | "silent" | "too_many_channels" | "too_long" | "prompt_too_long" | "too_large" | "broken" | "too_slow";
        /** @description What the site says about its numbers. Without a country only extensions can be called. */
        NumberPlan: {
            /**
             * @description Without the national prefix: 89 in Munich, but 02 in Milan.
             * @example 89
             */
            area: string | null;
            /**
             * @description The two letters of ISO 3166.
             * @example DE
             */
            country: string | null;
            /**
             * Format: int64
             * @description By which trunk emergency calls go first; null: by the routes, then by any.
             */
            emergency_trunk_id: number | null;
            limits: components["schemas"]["CallLimits"];
            /**
             * @description What is dialled for an outside line.
             * @example 0
             */
            outside: string | null;
            /**
             * @description As IANA has it; null: that of the server's system.
             * @example Europe/Berlin
             */
            time_zone: string | null;
        };
        /** @description All our numbers. */
        Numbers: {
            numbers: components["schemas"]["InboundNumber"][];
        };
        /**
         * @description To whom a shared phone is open.
         * @enum {string}
         */
        OpenTo: "everybody" | "people";
        /** @description Another call of one's own. */
        OtherCall: {
            /** @description As in `/calls`. */
            with: string;
        };
        /**
         * @description What became of a call, seen from the reader.
         * @enum {string}
         */
        Outcome: "ringing" | "running" | "answered" | "missed" | "cancelled" | "busy" | "no_answer" | "refused" | "failed" | "answered_elsewhere" | "interrupted";
        /** @description A PIN for oneself. */
        OwnPin: {
            /** @description One's password. */
            password: string;
            /**
             * @description 4 to 12 digits, none that anybody would try first.
             * @example 4826
             */
            pin: string;
        };
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
        /** @description Where to park a call. */
        ParkAt: {
            /**
             * Format: int32
             * @description 1 to 9; null: in the first slot that is free.
             */
            slot?: number | null;
        };
        /** @description A call that is parked. */
        ParkedCall: {
            /** @description Who has parked it. */
            by: components["schemas"]["Party"];
            /** @description As in `/calls`. */
            call: string;
            /** @description Who waits. */
            party: components["schemas"]["Party"];
            /** Format: date-time */
            since: string;
            /** Format: int32 */
            slot: number;
        };
        /** @description Where calls are parked. */
        Parking: {
            /**
             * Format: int32
             * @description After so many seconds a parked call rings at whoever has parked it: 10 to 3600.
             */
            rings_back_after_s: number;
            /**
             * Format: int32
             * @description How many slots there are, numbered from 1; 9 at most.
             */
            slots: number;
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
        /** @description How loud a recording is. */
        Peaks: {
            /** @description Of everybody else. */
            others: number[];
            /** @description Of the person for whom it was made: 0 to 255, 4,000 points at most. */
            own: number[];
            /**
             * Format: int64
             * @description From one point to the next.
             */
            step_ms: number;
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
        /** @description People who may answer each other's ringing calls. */
        PickUpGroup: {
            /** Format: int64 */
            id: number;
            member_ids: number[];
            name: string;
        };
        /** @description All pick-up groups. */
        PickUpGroups: {
            pick_up_groups: components["schemas"]["PickUpGroup"][];
        };
        /** @description Where one's number is. */
        Place: {
            at: components["schemas"]["PlaceAt"];
            /**
             * Format: int64
             * @description The shared phone that has the number, or from which the browser has taken it; null for people without a shared phone.
             */
            device_id: number | null;
            /** @description The shared phones at which one is, or which are one's own. */
            phones: components["schemas"]["PlacePhone"][];
        };
        /**
         * @description Where a number is.
         * @enum {string}
         */
        PlaceAt: "browser" | "desk_phone" | "nowhere";
        /** @description A shared phone. */
        PlacePhone: {
            /** Format: int64 */
            id: number;
            label: string;
        };
        /** @description A way between two nodes. */
        PlanEdge: {
            from: string;
            is_culprit: boolean;
            /** @description By what it goes; may be empty. */
            label: string;
            to: string;
        };
        /** @description Something in the plan. */
        PlanNode: {
            /** @description Stays as long as it is the same thing. */
            id: string;
            /** @description A fault is its doing. */
            is_culprit: boolean;
            /**
             * @description office, vpn, phones, server, router, internet, stun_server, trunk or network.
             * @example router
             */
            kind: string;
            label: string;
            /** @description What is known of it. */
            lines: string[];
        };
        /**
         * @description How far somebody is on their way into a conference.
         * @enum {string}
         */
        Presence: "invited" | "waiting" | "present" | "away";
        /** @description The document's shape. */
        Problem: {
            /** @description Which problem it is, for programs: stable. */
            code: string;
            /** @description What is wrong and what to do, for people. */
            detail: string;
            /** @description The fields that cannot be used; only with `invalid` and `taken`. */
            errors?: components["schemas"]["FieldError"][];
            /** @description Why it is none; only with `not-audio`. */
            reason?: components["schemas"]["NotAudioReason"];
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
        /** @description The language in which prompts are spoken. */
        PromptLanguage: {
            language: components["schemas"]["LanguageCode"];
        };
        /** @description Everything that farend says. */
        Prompts: {
            /** @description In which one prompts are spoken, unless a menu says otherwise. */
            language: components["schemas"]["LanguageCode"];
            /** @description All prompts in all languages. */
            prompts: components["schemas"]["SpokenPrompt"][];
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
        /** @description What becomes of calls to somebody. */
        Reaching: {
            /** @description No phone rings. */
            do_not_disturb: components["schemas"]["DoNotDisturb"];
            /** @description In this order: the first one that fits counts. 20 at most. */
            forwards: components["schemas"]["Forward"][];
            /** @description Calls without a number are refused. */
            rejects_anonymous: boolean;
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
        /**
         * @description How a recording came to be.
         * @enum {string}
         */
        RecordedBy: "button" | "rule";
        /**
         * @description Which of somebody's calls.
         * @enum {string}
         */
        RecordedCalls: "all" | "outside" | "incoming" | "outgoing";
        /** @description A recording. */
        Recording: {
            by: components["schemas"]["RecordedBy"];
            /**
             * Format: int64
             * @description Of its file.
             */
            bytes: number;
            /** @description As in `/calls`. */
            call_id: string;
            /**
             * Format: date-time
             * @description When it is to be deleted.
             */
            delete_after: string;
            /**
             * Format: int64
             * @description 0 while it is being made.
             */
            duration_ms: number;
            /** @description Unique for ever. */
            id: string;
            /** @description Whom they talked to when it began: the second channel has everybody else. */
            other: components["schemas"]["Party"];
            /** @description For whom it was made: the first channel. */
            own: components["schemas"]["Party"];
            /** Format: date-time */
            started_at: string;
            state: components["schemas"]["RecordingState"];
            stopped: components["schemas"]["RecordingTrouble"] | null;
        };
        /** @description What somebody may do with recordings. Being an administrator permits nothing here. */
        RecordingPermission: {
            /** @description What they may hear, and delete. */
            hears: components["schemas"]["HearsRecordings"];
            /** @description Whether they may record their calls. */
            may_record: boolean;
        };
        /** @description Calls that are recorded without a button. */
        RecordingRule: {
            announced: components["schemas"]["Announced"];
            calls: components["schemas"]["RecordedCalls"];
            /**
             * Format: int64
             * @description The person, team or trunk; null for everybody.
             */
            id: number | null;
            whose: components["schemas"]["Whose"];
        };
        /** @description What one may hear, newest first. */
        Recordings: {
            recordings: components["schemas"]["Recording"][];
        };
        /** @description How recording is done in this company. */
        RecordingSettings: {
            /** @description How people are told when somebody has pressed the button. */
            announced: components["schemas"]["Announced"];
            /**
             * Format: int32
             * @description How long recordings are kept, in days: 1 to 3650. Counts for those as well that are there.
             * @example 90
             */
            keep_days: number;
            /**
             * Format: int32
             * @description How much space they may take, in MiB: 100 to 10,000,000.
             * @example 10240
             */
            quota_mib: number;
            /** @description Calls that are recorded without a button, 50 rules at most. The first one that fits counts. */
            rules: components["schemas"]["RecordingRule"][];
        };
        /**
         * @description How far a recording is.
         * @enum {string}
         */
        RecordingState: "running" | "complete" | "cut_short";
        /** @description How much space recordings take. */
        RecordingStorage: {
            /** Format: int64 */
            count: number;
            /**
             * Format: int64
             * @description Null where that cannot be told.
             */
            disk_free_bytes: number | null;
            /**
             * Format: date-time
             * @description When the oldest one began.
             */
            oldest: string | null;
            /** Format: int64 */
            quota_bytes: number;
            state: components["schemas"]["RecordingStorageState"];
            /** Format: int64 */
            used_bytes: number;
        };
        /**
         * @description How the space for recordings is.
         * @enum {string}
         */
        RecordingStorageState: "fine" | "nearly_full" | "full" | "failing";
        /**
         * @description Why a recording ended before its call did.
         * @enum {string}
         */
        RecordingTrouble: "quota_reached" | "disk_full" | "failed";
        /** @description Whether a call is to be recorded. */
        RecordWish: {
            is_on: boolean;
        };
        /**
         * @description Why a dialled number leads nowhere. What `values` has is in brackets.
         * @enum {string}
         */
        RefusalCode: "no_such_number" | "not_a_number" | "no_such_code" | "too_short" | "too_long" | "area_missing" | "prefix_missing" | "not_permitted" | "not_at_this_time" | "no_route";
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
        /** @description An announcement's new name. */
        RenamedAnnouncement: {
            name: string;
        };
        /** @description How somebody is reached. */
        Ringing: {
            mobile: components["schemas"]["Mobile"] | null;
            while_busy: components["schemas"]["WhileBusy"];
        };
        /** @description A call that rings at somebody else of one's group, and that one may answer. */
        RingingCall: {
            /**
             * Format: int64
             * @description At whom.
             */
            at_user_id: number;
            /** @description As in `/calls`. */
            call: string;
            /** @description Who calls. */
            from: components["schemas"]["Party"];
            /** Format: date-time */
            since: string;
        };
        /**
         * @description How a phone takes part when its person is called.
         * @enum {string}
         */
        Rings: "after" | "when_answered" | "never";
        /**
         * @description What a person may do.
         * @enum {string}
         */
        Role: "user" | "administrator";
        /** @description A conference room. */
        Room: {
            /** @description The number; none of anybody else's. */
            extension: string;
            /** @description Whether a tone tells that somebody comes or goes. */
            has_tones: boolean;
            /** @description Who leads, without a PIN. */
            host_ids: number[];
            /** Format: int64 */
            id: number;
            /**
             * Format: int32
             * @description Who is in it at most.
             */
            members_max: number;
            /** @description Shown on displays. */
            name: string;
            /**
             * @description What is asked of everybody but the hosts; null: people of ours come in without, others not at all. Only administrators and hosts see it;
             *     null for everybody else.
             */
            pin: string | null;
            /** @description Whether all others wait with music until a host is there. */
            waits_for_host: boolean;
        };
        /** @description All rooms, by extension. */
        Rooms: {
            rooms: components["schemas"]["Room"][];
        };
        /** @description By which trunks numbers are reached. */
        Route: {
            /** @description For these classes of numbers. */
            classes: string[];
            /**
             * Format: int32
             * @description In any unit.
             */
            cost: number;
            /** Format: int64 */
            id: number;
            name: string;
            /** @description The digits that international numbers begin with, without `+`; empty for all. */
            prefix: string;
            /** @description Keys of trunks, best first. */
            trunks: number[];
        };
        /** @description The order of all routes. */
        RouteOrder: {
            /** @description Each route's key once. */
            ids: number[];
        };
        /** @description All routes. Of those that fit a number, longer prefixes come first, then lower costs, then as they stand. */
        Routes: {
            routes: components["schemas"]["Route"][];
        };
        /** @description Who is logged on at a shared phone. */
        Seat: {
            /**
             * Format: int64
             * @description Whose number is with their browser meanwhile.
             */
            mobile_user_id: number | null;
            /**
             * Format: int64
             * @description Whose number the phone has; null: emergency calls and logging on alone are possible.
             */
            user_id: number | null;
        };
        /** @description Who is logged on at a shared phone. */
        SeatNow: {
            /** Format: int64 */
            device_id: number;
            /**
             * Format: int64
             * @description Whose number is with their browser meanwhile.
             */
            mobile_user_id: number | null;
            /**
             * Format: int64
             * @description Whose number the phone has.
             */
            user_id: number | null;
        };
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
             * @description Number that logs on at a shared phone, or off.
             * @example *9419
             */
            desk_share: string | null;
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
            /**
             * @description Number that one's running call is transferred to, so that one's other phones ring.
             * @example *12
             */
            send_call: string | null;
            /**
             * @description Number that takes one's running call to the phone that dials it.
             * @example *11
             */
            take_call: string | null;
            version: string;
        };
        /** @description Who may log on at a shared phone. */
        Sharing: {
            open_to: components["schemas"]["OpenTo"];
            /** @description With `people`: these. */
            people: number[];
        };
        /**
         * @description Which end of a call one is at.
         * @enum {string}
         */
        Side: "caller" | "called";
        /**
         * @description Which end of a call.
         * @enum {string}
         */
        SideName: "caller" | "called";
        /** @description Which call. */
        SimulatedCall: {
            /**
             * Format: date-time
             * @description When; null: now.
             */
            at?: string | null;
            /**
             * @description Who calls: an extension, or a number of the world; null: somebody who shows no number.
             * @example 030 123456
             */
            from?: string | null;
            reaching?: components["schemas"]["Reaching"] | null;
        };
        /** @description What would happen, in this order. */
        Simulation: {
            steps: components["schemas"]["SimulationStep"][];
        };
        /** @description Something that would happen. */
        SimulationStep: {
            /** @description What, for programs. */
            code: string;
            /** @description What, for people. */
            text: string;
            /** @description What the sentence is made of, by name; always with `after_s`. */
            values: {
                [key: string]: string;
            };
        };
        /** @description Something on the way that rewrites SIP messages. */
        SipAlg: {
            /** @description `sip_alg`. */
            code: string;
            /** @description For people, with evidence and remedy. */
            text: string;
        };
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
        /** @description How loud somebody is. */
        SpeakingLevel: {
            /**
             * Format: int32
             * @description 0 is full scale.
             */
            dbov: number;
            /**
             * Format: int64
             * @description As in a conference's members.
             */
            leg: number;
        };
        /** @description A prompt in one language. */
        SpokenPrompt: {
            /**
             * Format: int32
             * @description Of what is heard now.
             */
            duration_ms: number;
            /** @description Whether something that was uploaded is heard in its place. */
            is_replaced: boolean;
            language: components["schemas"]["LanguageCode"];
            /** @example nobody_answers */
            name: string;
            /** @description What the program's own one says. */
            text: string;
        };
        /**
         * @description Whether audio is encrypted.
         * @enum {string}
         */
        Srtp: "off" | "preferred" | "mandatory";
        /** @enum {string} */
        Status: "ok" | "draining" | "failing";
        /** @description Whom we ask for our public address. */
        Stun: {
            /** @description Whether servers are asked, in this mode and with these interfaces. */
            asks: boolean;
            mode: components["schemas"]["StunMode"];
            servers: components["schemas"]["StunServer"][];
        };
        /** @description The STUN server that says what our ports look like from a trunk's provider. */
        StunInForce: {
            code: components["schemas"]["StunInForceCode"];
            /** @description Whether it is the provider's own. */
            own: boolean;
            /**
             * @description The public address that it sees.
             * @example 198.51.100.2
             */
            public: string | null;
            /**
             * Format: double
             * @description Milliseconds of its last answer.
             */
            round_trip_ms: number | null;
            /**
             * @description Null: none.
             * @example stun.example.com:3478
             */
            server: string | null;
            state: components["schemas"]["StunState"];
            /** @description Which one is in force and why, for people: one sentence. */
            text: string;
        };
        /**
         * @description Why this server is in force. Stable.
         * @enum {string}
         */
        StunInForceCode: "own" | "own_elsewhere" | "own_silent" | "system" | "elsewhere" | "not_needed" | "none";
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
             * @description As it is configured.
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
            /** @description The name of the trunk whose provider has it; null: it is one of the configuration. */
            trunk: string | null;
        };
        /**
         * @description What a STUN server does.
         * @enum {string}
         */
        StunState: "answering" | "asking" | "silent" | "refusing" | "unresolved" | "unused";
        /** @description A team, or a ring group. */
        Team: {
            busy_when: components["schemas"]["TeamBusyWhen"];
            /** @description The number; none of anybody else's. */
            extension: string;
            /** @description Whether all members see one line and any of them may take a call that another one holds. */
            has_line: boolean;
            /** Format: int64 */
            id: number;
            /** @description In this order. */
            members: components["schemas"]["TeamMember"][];
            /** @description Shown on displays. */
            name: string;
            night: components["schemas"]["TeamNight"] | null;
            order: components["schemas"]["TeamOrder"];
            overflow: components["schemas"]["TeamOverflow"] | null;
            /**
             * Format: int32
             * @description Seconds for each member, where they ring one after the other.
             */
            turn_s: number;
        };
        /**
         * @description When the next caller hears busy.
         * @enum {string}
         */
        TeamBusyWhen: "all" | "first";
        /** @description A member: a person or a phone, exactly one of them. */
        TeamMember: {
            /**
             * Format: int64
             * @description A phone that is nobody's.
             */
            device_id: number | null;
            /** @description Whether calls ring there; otherwise the member only sees the line and may take calls. */
            rings: boolean;
            /**
             * Format: int64
             * @description A person, with all their phones.
             */
            user_id: number | null;
        };
        /** @description Night service. */
        TeamNight: {
            /** @description When the team works. */
            day: components["schemas"]["CallingWindow"][];
            /** @description Where calls go at all other times, as one would dial it. */
            number: string;
            /**
             * Format: int64
             * @description The same by a time profile: then `day` does not count, and may be empty.
             */
            profile_id: number | null;
        };
        /**
         * @description Who rings when.
         * @enum {string}
         */
        TeamOrder: "all" | "in_turn" | "longest_idle";
        /** @description Where a call goes that a team does not answer. */
        TeamOverflow: {
            /**
             * Format: int32
             * @description After so many seconds, 300 at most; also when nobody can be reached, or the team is busy.
             */
            after_s: number;
            /** @description As one would dial it. */
            number: string;
        };
        /** @description All teams, by extension. */
        Teams: {
            teams: components["schemas"]["Team"][];
        };
        /** @description When something is open: an office, a hotline. */
        TimeProfile: {
            /**
             * @description On these days it is closed as well.
             * @example [
             *       "2026-12-24"
             *     ]
             */
            closed_days: string[];
            /** Format: int64 */
            id: number;
            name: string;
            /**
             * @description On public holidays of this region it is closed (ISO 3166); null: of none.
             * @example DE-BY
             */
            region: string | null;
            /** @description It is open in these windows. */
            windows: components["schemas"]["CallingWindow"][];
        };
        /** @description All time profiles. */
        TimeProfiles: {
            time_profiles: components["schemas"]["TimeProfile"][];
        };
        /**
         * @description How a transfer has ended.
         * @enum {string}
         */
        TransferEnd: "connected" | "busy" | "no_answer" | "failed" | "party_left";
        /** @description A number to be called. */
        TransferTarget: {
            /** @description As one would dial it. */
            number: string;
        };
        /**
         * @description How messages travel.
         * @enum {string}
         */
        Transport: "udp" | "tcp" | "tls";
        /**
         * @description The way media goes.
         * @enum {string}
         */
        TransportName: "udp" | "tcp" | "relay" | "rtp";
        /** @description What is wrong with a line. */
        Trouble: {
            /** @description For programs: stable. */
            code: string;
            /** @description For people, with the remedy. */
            text: string;
        };
        /** @description Calls to and from the world by one provider. */
        Trunk: {
            accounts: components["schemas"]["Account"][];
            /** @description The host part of addresses. */
            domain: string;
            /** @description A number that answers with an echo, as people dial it: for the trunk's test. */
            echo_number: string | null;
            enabled: boolean;
            forwarded: components["schemas"]["Forwarded"];
            /** @description The address of ours to go out from; null: as the system routes. */
            from_address: string | null;
            /** @description The registrar or outbound proxy: a name or an address. */
            host: string;
            /** Format: int64 */
            id: number;
            identity: components["schemas"]["IdentityHeader"];
            /**
             * @description How the provider writes numbers.
             * @example plus
             */
            incoming: string;
            /** @description One for each account, and one without an account if there is none; nothing while the trunk is disabled. */
            lines: components["schemas"]["Line"][];
            name: string;
            /** @description Networks that calls may come from, besides the provider's servers. */
            networks: string[];
            /** @description Shown for people who have no number of their own. */
            number: string | null;
            /**
             * @description How numbers are written to the provider.
             * @example plus
             */
            outgoing: string;
            /**
             * Format: int64
             * @description How often OPTIONS asks whether the provider lives; null: never.
             */
            ping_seconds: number | null;
            /**
             * Format: int32
             * @description Null: as DNS says, else the usual one.
             */
            port: number | null;
            /** @description The profile whose facts it was made of. */
            profile: string | null;
            srtp: components["schemas"]["Srtp"];
            /**
             * @description The provider's own STUN server; null: the system's servers count.
             * @example stun.example.com:3478
             */
            stun: string | null;
            stun_in_force: components["schemas"]["StunInForce"];
            transport: components["schemas"]["Transport"] | null;
            trust: components["schemas"]["Trust"];
        };
        /** @description A provider, as far as it is known. */
        TrunkProfile: {
            /** @description From which networks it can be used, in words. */
            access: string | null;
            /** @description What the digest user name is, in words. */
            auth_user: string | null;
            /** @description account, or address: it knows us by our address. */
            authentication: string | null;
            /** @description The two letters of ISO 3166; null: anywhere. */
            country: string | null;
            /**
             * Format: int32
             * @description Digits of extensions behind a head.
             */
            ddi_digits: number | null;
            /** @description Whether DNS says server, transport and port (NAPTR, SRV). */
            dns: boolean | null;
            /** @description The host part of addresses, where it is another. */
            domain: string | null;
            /** Format: int32 */
            expires_seconds: number | null;
            /** @description Registrar or proxy. What stands between < and > has to be replaced. */
            host: string | null;
            /** @description The name of its file. */
            id: string;
            /** @description Where the caller's number is told: from, asserted, preferred or account_from. */
            identity: string | null;
            /** @description How it writes numbers. */
            incoming: string | null;
            /** @description For people. */
            name: string;
            /** @description What an administrator has to know. */
            note: string | null;
            /** @description How numbers are written to it. */
            outgoing: string | null;
            /** Format: int32 */
            port: number | null;
            realm: string | null;
            /** @description Where each of these facts was found. */
            sources: {
                [key: string]: components["schemas"]["FactSource"];
            };
            /** @description off, preferred or mandatory. */
            srtp: string | null;
            /** @description The STUN server of the provider's own. */
            stun: string | null;
            /** Format: int32 */
            tls_port: number | null;
            /** @description udp, tcp, tls. */
            transports: string[] | null;
        };
        /** @description Providers. */
        TrunkProfiles: {
            /** @description What is wrong with own profiles in the data folder: with file, line, key and remedy. */
            mistakes: string[];
            profiles: components["schemas"]["TrunkProfile"][];
        };
        /** @description All trunks. */
        Trunks: {
            trunks: components["schemas"]["Trunk"][];
        };
        /** @description A provider's server. */
        TrunkServer: {
            /** @description Address and port. */
            address: string;
            /** @description The name that its certificate must have. */
            name: string;
            transport: components["schemas"]["Transport"];
        };
        /** @description What there is to say about a trunk besides its name and its servers. */
        TrunkTerms: {
            /** @description None: the provider knows us by our address. */
            accounts?: components["schemas"]["NewAccount"][];
            /** @description The host part of addresses; the host unless said otherwise. */
            domain?: string;
            /** @description A number that answers with an echo, as people dial it: for the trunk's test. */
            echo_number?: string | null;
            enabled?: boolean;
            /** @description Own unless said otherwise. */
            forwarded?: components["schemas"]["Forwarded"];
            /** @description The address of ours to go out from; null: as the system routes. */
            from_address?: string | null;
            /** @description Asserted unless said otherwise. */
            identity?: components["schemas"]["IdentityHeader"];
            /**
             * @description Likewise; a new trunk's is as `outgoing` unless said otherwise.
             * @example plus
             */
            incoming?: string;
            /** @description Such as `192.0.2.0/24`. */
            networks?: string[];
            /** @description An international number, shown for people who have none of their own. */
            number?: string | null;
            /**
             * @description plus, digits, double-zero, international, national, national-bare, local, nanp-11 or nanp-10; plus unless said otherwise.
             * @example plus
             */
            outgoing?: string;
            /**
             * Format: int32
             * @description From 10 to 3600, 60 unless said otherwise; null: never.
             */
            ping_seconds?: number | null;
            /**
             * Format: int32
             * @description Null: as DNS says, else the usual one.
             */
            port?: number | null;
            /** @description The profile whose facts it is made of. */
            profile?: string | null;
            /** @description Preferred unless said otherwise. */
            srtp?: components["schemas"]["Srtp"];
            /**
             * @description The provider's own STUN server, a name or an address, with a port where it is not 3478; null: the system's servers count.
             * @example stun.example.com:3478
             */
            stun?: string | null;
            transport?: components["schemas"]["Transport"] | null;
            /** @description Public unless said otherwise. */
            trust?: components["schemas"]["Trust"];
        };
        /** @description The last test of a trunk, or the one that is running. */
        TrunkTest: {
            /** @description Whether more is to come. */
            running: boolean;
            /** Format: date-time */
            started_at: string;
            steps: components["schemas"]["TrunkTestStep"][];
        };
        /**
         * @description How a step stands.
         * @enum {string}
         */
        TrunkTestResult: "waiting" | "running" | "passed" | "warning" | "failed" | "left_out";
        /** @description A step of a trunk's test. */
        TrunkTestStep: {
            /** @description The account's user; only of registrations. */
            account: string | null;
            /**
             * @description Names the sentence, for programs: stable.
             * @example name_found
             */
            code: string;
            result: components["schemas"]["TrunkTestResult"];
            step: components["schemas"]["TrunkTestStepName"];
            /** @description The sentence, for people; empty until there is one. */
            text: string;
            /** Format: int64 */
            took_ms: number | null;
            /** @description What goes into the sentence. */
            values: {
                [key: string]: string;
            };
        };
        /**
         * @description What is looked at.
         * @enum {string}
         */
        TrunkTestStepName: "name" | "connection" | "options" | "registration" | "stun" | "router" | "echo_call";
        /** @description How the provider's servers prove over TLS who they are. */
        Trust: {
            /** @enum {string} */
            kind: "public";
        } | {
            /** @enum {string} */
            kind: "authority";
            /** @description Its certificate. */
            pem: string;
        } | {
            /** @enum {string} */
            kind: "pinned";
            /** @description Of its DER, in hexadecimal. */
            sha256: string;
        };
        /** @description A person. */
        User: {
            /** @description Only for administrators and oneself. */
            devices?: components["schemas"]["Device"][];
            /** @description The number; null for people without a phone. */
            extension: string | null;
            /** @description Whether they can log on at shared phones. */
            has_pin: boolean;
            /** Format: int64 */
            id: number;
            /** @description What one signs in with besides the extension. */
            login: string;
            /** @description Shown on displays. */
            name: string;
            role: components["schemas"]["Role"];
            state: components["schemas"]["UserState"];
        };
        /** @description A person in one network. */
        UserNetwork: {
            /**
             * @description By which the server sees them.
             * @example 203.0.113.7
             */
            address: string | null;
            check: components["schemas"]["NetworkCheck"] | null;
            extension: string;
            /** @description Of findings about this network. */
            findings: string[];
            locality: components["schemas"]["Locality"];
            name: string;
            /** @description The host of the page's address. */
            page_host: string;
            /**
             * Format: float
             * @description Of that media.
             */
            round_trip_ms: number | null;
            /** Format: date-time */
            seen_at: string;
            /**
             * @description In words.
             * @example TCP, 180 ms
             */
            sentence: string;
            verdict: components["schemas"]["NetworkVerdict"];
            way: components["schemas"]["NetworkWay"] | null;
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
        /** @description An echo that is wanted. */
        WantedEcho: {
            /** @description The browser's offer, with the candidates that it has found. */
            offer: string;
            way: components["schemas"]["CheckWay"];
        };
        /** @description How a trunk is to be tested. */
        WantedTest: {
            /** @description A number that answers with an echo, as people dial it; null: no call. */
            echo_number: string | null;
        };
        /** @description A trunk that may carry the call. */
        Way: {
            /** @description The display name in `From`. */
            display: string;
            /** @description The address in `From`. */
            from: string;
            /** @description Header fields that say who calls. */
            headers: components["schemas"]["HeaderField"][];
            /** @description The number as the provider gets it. */
            number: string;
            /** @description The route that names it; null for emergency calls that have none. */
            route: string | null;
            trunk: string;
            /** Format: int64 */
            trunk_id: number;
            /** @description Whether calls can go by this trunk now. */
            up: boolean;
        };
        /**
         * @description What becomes of a second call.
         * @enum {string}
         */
        WhileBusy: "call_waiting" | "ring_others" | "busy";
        /**
         * @description Whose calls.
         * @enum {string}
         */
        Whose: "everybody" | "person" | "team" | "trunk";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
