/** The method and path of every operation. */
export declare const OPERATIONS: {
    readonly launchConsultationView: 'POST /v1/embeddable/consultation/view';
    readonly launchConsultationDashboard: 'POST /v1/embeddable/consultation/dashboard';
    readonly launchConsultationSpecific: 'POST /v1/embeddable/consultation/specific';
    readonly launchConsultationAnswer: 'POST /v1/embeddable/consultation/answer';
    readonly launchFollowupView: 'POST /v1/embeddable/followup/view';
    readonly launchFollowupDashboard: 'POST /v1/embeddable/followup/dashboard';
    readonly launchFollowupSpecific: 'POST /v1/embeddable/followup/specific';
    readonly launchFollowupPlan: 'POST /v1/embeddable/followup/plan';
    readonly launchAdministrationFranchiseManagement: 'POST /v1/embeddable/administration/franchise-management';
    readonly launchAdministrationFranchiseOnboarding: 'POST /v1/embeddable/administration/franchise-onboarding';
    readonly launchAdministrationFranchiseOffboarding: 'POST /v1/embeddable/administration/franchise-offboarding';
    readonly launchStatistics: 'POST /v1/embeddable/statistics';
    readonly explainConsultationView: 'POST /v1/explain/consultation/view';
    readonly explainConsultationDashboard: 'POST /v1/explain/consultation/dashboard';
    readonly explainConsultationSpecific: 'POST /v1/explain/consultation/specific';
    readonly explainConsultationAnswer: 'POST /v1/explain/consultation/answer';
    readonly explainFollowupView: 'POST /v1/explain/followup/view';
    readonly explainFollowupDashboard: 'POST /v1/explain/followup/dashboard';
    readonly explainFollowupSpecific: 'POST /v1/explain/followup/specific';
    readonly explainFollowupPlan: 'POST /v1/explain/followup/plan';
    readonly explainAdministrationFranchiseManagement: 'POST /v1/explain/administration/franchise-management';
    readonly explainAdministrationFranchiseOnboarding: 'POST /v1/explain/administration/franchise-onboarding';
    readonly explainAdministrationFranchiseOffboarding: 'POST /v1/explain/administration/franchise-offboarding';
    readonly explainStatistics: 'POST /v1/explain/statistics';
    readonly explainToken: 'POST /v1/explain';
    readonly explainJunction: 'POST /v1/explain/junction/launch';
    readonly launchJunction: 'POST /v1/junction/launch';
    readonly fastLaunchJunction: 'GET /v1/junction/fast-launch';
    readonly readOrderCoverage: 'POST /v1/junction/coverage';
    readonly listOrderTests: 'GET /v1/junction/tests';
    readonly placeOrder: 'POST /v1/junction/orders';
    readonly searchOrders: 'POST /v1/junction/orders/search';
    readonly readOrder: 'GET /v1/junction/orders/{id}';
    readonly listSlots: 'POST /v1/junction/orders/{id}/slots';
    readonly arrangeVisit: 'POST /v1/junction/orders/{id}/visit';
    readonly rescheduleVisit: 'POST /v1/junction/orders/{id}/visit/reschedule';
    readonly cancelVisit: 'POST /v1/junction/orders/{id}/visit/cancel';
    readonly cancelOrder: 'POST /v1/junction/orders/{id}/cancel';
    readonly readResults: 'GET /v1/junction/orders/{id}/results';
    readonly readResultsPdf: 'GET /v1/junction/orders/{id}/results.pdf';
    readonly readRequisitionPdf: 'GET /v1/junction/orders/{id}/requisition.pdf';
    readonly simulateOrder: 'POST /v1/junction/orders/{id}/simulate';
    readonly listCancellationReasons: 'GET /v1/junction/cancellation-reasons';
    readonly listOrderEvents: 'GET /v1/junction/events';
    readonly explainOrder: 'POST /v1/explain/junction/orders';
    readonly explainVisit: 'POST /v1/explain/junction/orders/{id}/visit';
};
/** The codes of the gateway’s errors. */
export declare const CODES: readonly ['header_repeated', 'header_too_large', 'header_not_base64', 'header_not_utf8', 'header_not_json', 'header_schema', 'user_fields_missing', 'invalid_request', 'identity_required', 'intent_required', 'user_unknown', 'intent_conflict', 'reserved_header', 'clinician_not_accepted', 'bad_target', 'host_unauthenticated', 'origin_denied', 'endpoint_denied', 'intent_denied', 'owner_session_denied', 'owner_clone_denied', 'patient_denied', 'claim_unusable', 'feature_denied', 'team_denied', 'session_required', 'session_mismatch', 'confirmation_required', 'continuation_loop', 'ticket_spent', 'not_found', 'method_not_allowed', 'request_timeout', 'payload_too_large', 'unsupported_media_type', 'rate_limited', 'upstream_header_rejected', 'upstream_user_fields_missing', 'upstream_authentication_failed', 'upstream_rejected', 'upstream_error', 'upstream_bad_body', 'upstream_bad_url', 'upstream_unreachable', 'upstream_busy', 'overloaded', 'audit_unavailable', 'identity_provider_unavailable', 'store_unavailable', 'upstream_circuit_open', 'upstream_connect_timeout', 'upstream_timeout', 'junction_forbidden', 'junction_not_found', 'junction_conflict', 'idempotency_key_required', 'idempotency_conflict', 'name_not_orderable', 'address_incomplete', 'patient_is_minor', 'area_not_served', 'requisition_pending', 'visit_active', 'not_reschedulable', 'not_cancellable', 'late_cancellation', 'slot_expired', 'slot_taken', 'slot_foreign', 'results_not_ready', 'outcome_unknown', 'webhook_unverified', 'internal'];
/** What every operation takes, and what it resolves to. */
export interface Operations {
    /** Starts a consultation with a patient. */
    launchConsultationView: {
        body: Schemas['LaunchForPatient'];
        result: Schemas['EmbedDocument'];
    };
    /** The consultation dashboard. */
    launchConsultationDashboard: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** The details of one consultation. */
    launchConsultationSpecific: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** The patient answers a consultation. */
    launchConsultationAnswer: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** Creates a follow-up with a patient. */
    launchFollowupView: {
        body: Schemas['LaunchForPatient'];
        result: Schemas['EmbedDocument'];
    };
    /** The follow-up dashboard. */
    launchFollowupDashboard: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** The details of one follow-up. */
    launchFollowupSpecific: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** Plans a follow-up with prefilled data. */
    launchFollowupPlan: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** Franchise management. */
    launchAdministrationFranchiseManagement: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** Franchise onboarding. */
    launchAdministrationFranchiseOnboarding: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** Franchise offboarding. */
    launchAdministrationFranchiseOffboarding: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** The statistics dashboard. */
    launchStatistics: {
        body: Schemas['Launch'];
        result: Schemas['EmbedDocument'];
    };
    /** What a launch of consultation/view would come to. */
    explainConsultationView: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of consultation/dashboard would come to. */
    explainConsultationDashboard: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of consultation/specific would come to. */
    explainConsultationSpecific: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of consultation/answer would come to. */
    explainConsultationAnswer: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of followup/view would come to. */
    explainFollowupView: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of followup/dashboard would come to. */
    explainFollowupDashboard: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of followup/specific would come to. */
    explainFollowupSpecific: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of followup/plan would come to. */
    explainFollowupPlan: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of administration/franchise-management would come to. */
    explainAdministrationFranchiseManagement: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of administration/franchise-onboarding would come to. */
    explainAdministrationFranchiseOnboarding: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of administration/franchise-offboarding would come to. */
    explainAdministrationFranchiseOffboarding: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** What a launch of statistics would come to. */
    explainStatistics: {
        body: Schemas['ToExplainBody'];
        result: Schemas['Explanation'];
    };
    /** Explains a clinician's token. */
    explainToken: {
        body: Schemas['TokenToExplainBody'];
        result: Schemas['TokenExplanation'];
    };
    /** What a launch of Junction's app would come to. */
    explainJunction: {
        body: Schemas['JunctionToExplainBody'];
        result: Schemas['JunctionExplanation'];
    };
    /** Opens a feature of Junction's app. */
    launchJunction: {
        body: Schemas['JunctionLaunch'];
        result: Schemas['JunctionDocument'];
    };
    /** An address for Junction's Fast Launch. */
    fastLaunchJunction: {
        query: Schemas['FastLaunchJunctionQuery'];
        result: Schemas['FastLaunchDocument'];
    };
    /** Whether phlebotomists visit a ZIP code. */
    readOrderCoverage: {
        body: Schemas['CoverageQuery'];
        result: Schemas['Coverage'];
    };
    /** The tests that can be ordered. */
    listOrderTests: {
        result: Schemas['OrderTests'];
    };
    /** Places an order for a visit at home. */
    placeOrder: {
        header: Schemas['PlaceOrderHeader'];
        body: Schemas['OrderPlacing'];
        result: Schemas['Order'];
    };
    /** A patient's orders. */
    searchOrders: {
        body: Schemas['OrderSearch'];
        result: Schemas['OrderList'];
    };
    /** An order, its visit, and what may be done. */
    readOrder: {
        path: Schemas['ReadOrderPath'];
        result: Schemas['Order'];
    };
    /** When a visit can be booked. */
    listSlots: {
        path: Schemas['ListSlotsPath'];
        body: Schemas['SlotsQuery'];
        result: Schemas['Slots'];
    };
    /** Books or requests a visit. */
    arrangeVisit: {
        path: Schemas['ArrangeVisitPath'];
        body: Schemas['VisitArrangement'];
        result: Schemas['Order'];
    };
    /** Moves a booked visit to another time. */
    rescheduleVisit: {
        path: Schemas['RescheduleVisitPath'];
        body: Schemas['Rescheduling'];
        result: Schemas['Order'];
    };
    /** Cancels a visit. */
    cancelVisit: {
        path: Schemas['CancelVisitPath'];
        body: Schemas['VisitCancellation'];
        result: Schemas['Order'];
    };
    /** Cancels an order, and its visit with it. */
    cancelOrder: {
        path: Schemas['CancelOrderPath'];
        body: Schemas['OrderCancellation'];
        result: Schemas['Order'];
    };
    /** An order's results. */
    readResults: {
        path: Schemas['ReadResultsPath'];
        result: Schemas['OrderResults'];
    };
    /** An order's results as a PDF. */
    readResultsPdf: {
        path: Schemas['ReadResultsPdfPath'];
        result: Uint8Array;
    };
    /** An order's requisition as a PDF. */
    readRequisitionPdf: {
        path: Schemas['ReadRequisitionPdfPath'];
        result: Uint8Array;
    };
    /** Moves an order on, in the sandbox. */
    simulateOrder: {
        path: Schemas['SimulateOrderPath'];
        body: Schemas['Simulation'];
        result: Schemas['Order'];
    };
    /** Why a visit can be cancelled. */
    listCancellationReasons: {
        result: Schemas['CancellationReasons'];
    };
    /** What has changed about orders. */
    listOrderEvents: {
        query?: Schemas['ListOrderEventsQuery'];
        result: Schemas['OrderEvents'];
    };
    /** What placing an order would come to. */
    explainOrder: {
        body: Schemas['OrderToExplainBody'];
        result: Schemas['OrderExplanation'];
    };
    /** What arranging a visit would come to. */
    explainVisit: {
        path: Schemas['ExplainVisitPath'];
        body: Schemas['VisitToExplainBody'];
        result: Schemas['OrderExplanation'];
    };
}
export interface Schemas {
    Address: {
        firstLine: string;
        secondLine?: string | null;
        city: string;
        state: string;
        zip: string;
        country: string;
        accessNotes?: string | null;
    };
    ArrangeVisitPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    CancelOrderPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    CancelVisitPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    CancellationReason: {
        reasonId: string;
        name: string;
        /** @description Whether Junction says that a cancellation for it is refunded. */
        refundable: boolean;
    };
    CancellationReasons: {
        reasons: Schemas['CancellationReason'][];
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    /**
     * @description The person acting. `null` counts as absent, but not for `userId`. An empty or blank text is an error, and so are
     *     white space at the ends and characters that are invisible, private or unassigned, and U+FFFD, which a decoder
     *     leaves where it lost a character. Names may have joiners (U+200C, U+200D) between letters of scripts that are
     *     written with them, and are sent as they were written. Lengths are in characters.
     */
    Clinician: {
        /** @description The user, by the host's own identifier. Never rewritten; must be in Unicode normalization form C, without invisible characters and without spaces other than U+0020 inside. What stands where an id was never filled in, such as `undefined` or `{{id}}`, is refused as `placeholder`. */
        userId: string;
        /** @description Sent as it was written. Two spellings that normalization form C makes equal are the same name. */
        firstName?: string | null;
        /** @description Sent as it was written. Two spellings that normalization form C makes equal are the same name. */
        lastName?: string | null;
        /**
         * @description An e-mail address by the rule of the HTML standard. ASCII only, and no address literal. The pattern is a
         *     looser one.
         */
        email?: string | null;
        /** @description The professional licence number. */
        licenseNumber?: string | null;
        /** @description French or English. Any case is read; upper case is sent on. */
        preferredLanguage?: string | null;
    };
    Consent: {
        /** @enum {string} */
        type: "terms-of-use" | "telehealth-informed-consent" | "mobile-terms-and-conditions" | "notice-of-privacy-practices" | "privacy-policy" | "hipaa-authorization";
        version?: string | null;
        /** @description When the patient consented. */
        at?: string | null;
    };
    Coverage: {
        /** @description As it was sent. */
        zip: string;
        /** @description Whether anyone visits patients there. */
        served: boolean;
        /** @description Whether a visit can be booked at a time. */
        canBook: boolean;
        /** @description Whether a visit can be requested without one. */
        canRequest: boolean;
        providers: Schemas['CoverageProvider'][];
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    CoverageProvider: {
        /** @description In Junction's word, as `arrangeVisit` takes it. */
        name: string;
        tiers: Schemas['Tier'][];
    };
    CoverageQuery: {
        zip: Schemas['Zip'];
        /** @description The laboratory, in Junction's word. */
        lab?: string | null;
    };
    DayOfSlots: {
        /** @description The day where the patient is. */
        date: string;
        slots: Schemas['FreeSlot'][];
    };
    /**
     * @description What Junction should know about the patient, passed on with every launch that contains it. Junction has its own
     *     rules for these values: `upstream_rejected` lists those that it refuses.
     */
    Demographics: {
        firstName: string;
        lastName: string;
        email: string;
        phoneNumber: string;
        gender: string;
        /** @description The date of birth. */
        dob: string;
        address: Schemas['Address'];
    };
    EmbedDocument: {
        /**
         * @description The embed URL, checked; for a host that delivers tickets, an address on the gateway that opens it once. It
         *     carries a session or leads to one, so treat it as a secret.
         */
        url: string;
        /** @description For how many seconds the URL opens; only there if it is a ticket's. */
        expiresIn?: number;
        /** @description The app's origin, also where the URL is a ticket's. Listen to browser messages from this origin only. */
        origin: string;
        /**
         * @description Whose session it is: the clinician's; the clinician's or that of a clone of the API key's owner, as Empego
         *     decides; a clone's; or the owner's.
         * @enum {string}
         */
        identity: "clinician" | "clinician_or_clone" | "clone" | "owner";
        /**
         * @description For whom the page is made.
         * @enum {string}
         */
        audience: "clinician" | "patient";
        /** @description What the caller should know about this launch. */
        warnings: Schemas['Warning'][];
        /** @description As in the header `x-request-id`. */
        requestId: string;
        frame: Schemas['Frame'];
    };
    /**
     * @description Which of a team's two worlds.
     * @enum {string}
     */
    Environment: "production" | "sandbox";
    /** @description The shape of every error. The first five members are those that Empego documents. */
    Error: {
        /** @description When it was refused, in UTC, to the millisecond. */
        timestamp: string;
        /**
         * @description The HTTP status.
         * @enum {integer}
         */
        status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 504;
        /** @description The status's reason phrase. */
        error: string;
        /** @description A sentence for people, always the same for a code. */
        message: string;
        /** @description The path of the request, without its query. */
        path: string;
        code: Schemas['ErrorCode'];
        reason?: Schemas['Reason'];
        /**
         * @description `caller`: the request is at fault. `gateway`: a setting, or the gateway's own state. `upstream`: it came
         *     back so from Empego or Junction, or nothing came back.
         * @enum {string}
         */
        source: "caller" | "gateway" | "upstream";
        /** @description Whether the same launch may succeed if it is retried. */
        retryable: boolean;
        /**
         * @description For refusals about orders, what helps: the slots again, the order again (its `actions` say what is possible), or waiting for what is not there yet.
         * @enum {string}
         */
        next?: "slots" | "wait_for_requisition" | "wait_for_results" | "order";
        /** @description As in the header `x-request-id`. */
        requestId: string;
        upstream?: Schemas['UpstreamAnswer'];
        /** @description Every error in the request's fields. Empty if the code is about something else. */
        errors: Schemas['FieldError'][];
    };
    /**
     * @description What happened. Each code has an example under the response of its status, with a line on when it comes;
     *     `session_required`, `session_mismatch` and `continuation_loop` come on the pages of the session continuation.
     *     `upstream_rejected` comes with 403, 404, 409, 410 and 422 too, and `upstream_authentication_failed` with 502:
     *     always where it is Junction's.
     * @enum {string}
     */
    ErrorCode: "header_repeated" | "header_too_large" | "header_not_base64" | "header_not_utf8" | "header_not_json" | "header_schema" | "user_fields_missing" | "invalid_request" | "identity_required" | "intent_required" | "user_unknown" | "intent_conflict" | "reserved_header" | "clinician_not_accepted" | "bad_target" | "host_unauthenticated" | "origin_denied" | "endpoint_denied" | "intent_denied" | "owner_session_denied" | "owner_clone_denied" | "patient_denied" | "claim_unusable" | "feature_denied" | "team_denied" | "session_required" | "session_mismatch" | "confirmation_required" | "continuation_loop" | "ticket_spent" | "not_found" | "method_not_allowed" | "request_timeout" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "upstream_header_rejected" | "upstream_user_fields_missing" | "upstream_authentication_failed" | "upstream_rejected" | "upstream_error" | "upstream_bad_body" | "upstream_bad_url" | "upstream_unreachable" | "upstream_busy" | "overloaded" | "audit_unavailable" | "identity_provider_unavailable" | "store_unavailable" | "upstream_circuit_open" | "upstream_connect_timeout" | "upstream_timeout" | "junction_forbidden" | "junction_not_found" | "junction_conflict" | "idempotency_key_required" | "idempotency_conflict" | "name_not_orderable" | "address_incomplete" | "patient_is_minor" | "area_not_served" | "requisition_pending" | "visit_active" | "not_reschedulable" | "not_cancellable" | "late_cancellation" | "slot_expired" | "slot_taken" | "slot_foreign" | "results_not_ready" | "outcome_unknown" | "webhook_unverified" | "internal";
    ExplainVisitPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    /** @description What the error would say; `null` if there would be none. */
    ExplainedRefusal: {
        status: number;
        error: string;
        message: string;
        code: Schemas['ErrorCode'];
        reason: Schemas['Reason'];
        /** @enum {string} */
        source: "caller" | "gateway" | "upstream";
        retryable: boolean;
        errors: Schemas['FieldError'][];
    } | null;
    /** @description What a launch would come to. Made by the functions that launch, so it says what they do; every member is always there. */
    Explanation: {
        /** @enum {string} */
        outcome: "launch" | "refusal";
        /** @description The intent that applied, or the one that was sent but not allowed; `null` if none was sent and none is implied, or if the request is not a launch. */
        intent: {
            value: Schemas['Intent'];
            /** @description Whether the request contained it. */
            stated: boolean;
        } | null;
        /** @description The cell of the table of intents that decided, and why; `null` if the launch did not come so far. `given` is how much of a clinician there was: none, the `userId` alone, some of what Empego needs to create a user, or all of it. `seen` is what the gateway remembers of the user: launched with a complete profile before or imported (`yes`), neither (`no`), or unknown because the store could not be read (`unavailable`); it is `not_asked` if there is no store, or if the answer would change nothing. */
        rule: {
            intent: Schemas['Intent'];
            /** @enum {string} */
            given: "nobody" | "userId" | "some" | "all";
            /** @enum {string} */
            seen: "yes" | "no" | "unavailable" | "not_asked";
            reason: string;
        } | null;
        /**
         * @description Whose session it would be; `null` if it would be refused.
         * @enum {unknown}
         */
        identity: "clinician" | "clinician_or_clone" | "clone" | "owner" | null;
        /** @enum {string} */
        audience: "clinician" | "patient";
        warnings: Schemas['Warning'][];
        /** @description `x-integration-user` as it would be sent, and what is in it; `null` without a clinician, or if the request is no launch. */
        header: {
            encoded: string;
            decoded: Schemas['Clinician'];
        } | null;
        /** @description The call that would be made to Empego; `null` if none would be. In the place of a key stands the name of a variable, which the line for a shell takes the key from. */
        request: {
            /** @constant */
            method: "GET";
            url: string;
            headers: {
                name: string;
                value: string;
            }[];
            curl: string;
        } | null;
        refusal: Schemas['ExplainedRefusal'];
        requestId: string;
    };
    FastLaunchDocument: {
        /** @description The address. It names member and team, and holds no secret. */
        url: string;
        modality: Schemas['Modality'];
        feature: Schemas['Feature'];
        /** @description The address's origin. Listen to browser messages from this origin only. */
        origin: string;
        /** @description As in the header `x-request-id`. */
        requestId: string;
        frame: Schemas['Frame'];
    };
    FastLaunchJunctionQuery: {
        /** @description The clinician, by the host's own identifier. */
        integration_member_id?: Schemas['UserId'];
        /** @description The clinician, by Junction's identifier of the member. */
        member_id?: Schemas['JunctionId'];
        /** @description The team, by the host's own identifier. */
        integration_team_id?: Schemas['IntegrationTeamId'];
        /** @description The team, by Junction's identifier. */
        team_id?: Schemas['JunctionId'];
        /** @description What to open. */
        feature: Schemas['Feature'];
        /** @description How to show it. */
        modality: Schemas['Modality'];
        /** @description The tenant's own, or left out. The other one is `feature_denied`. */
        environment?: Schemas['Environment'];
    };
    /**
     * @description - `order_creation`: a new order, whose patient is chosen in the app, or is the request's or the token's.
     *     - `order_creation:<uuid>`: a new order for a patient, by Junction's id of the user.
     *     - `order:<uuid>`: an order, by Junction's id.
     *     - `team_panels`: the panels of the team.
     *     - `team_config`: the settings of the team.
     */
    Feature: string;
    FieldError: {
        /**
         * @description Where: a JSON pointer into the body (`/clinician/email`) or the decoded header (`/email`), or
         *     `/query/patientKey`, `/header/x-integration-intent` or `/token/email`. Empty for the whole body or the whole
         *     decoded object. A name that the caller made up is not repeated: `/clinician/*`. `/query` is a query that is too
         *     large to be read, `/path` a path at which there is nothing.
         */
        field: string;
        /**
         * @description What is wrong.
         * @enum {string}
         */
        code: "required" | "unknown" | "too_many" | "repeated" | "wrong_type" | "empty" | "too_long" | "bad_character" | "placeholder" | "outer_space" | "not_normalized" | "bad_email" | "bad_value" | "malformed" | "refused_by_junction" | "wrong_case" | "no_equals_sign" | "bad_percent" | "not_utf8" | "not_json" | "too_large" | "not_base64" | "not_accepted" | "truncated";
        /** @description A sentence for people, which never repeats the value. */
        message: string;
    };
    /** @description Attributes for the iframe, from the tenant's settings. */
    Frame: {
        /**
         * @description For `referrerpolicy`.
         * @enum {string}
         */
        referrerPolicy: "no-referrer" | "no-referrer-when-downgrade" | "same-origin" | "origin" | "strict-origin" | "origin-when-cross-origin" | "strict-origin-when-cross-origin" | "unsafe-url";
        /** @description For `allow`. */
        allow?: string;
        /** @description For `sandbox`. */
        sandbox?: string;
    };
    FreeSlot: {
        /** @description What books it; `null` if it cannot be booked. */
        slot: string | null;
        startsAt: string;
        endsAt: string;
        /** @description `startsAt` where the patient is. */
        localStart: string | null;
        localEnd: string | null;
        timeZone: string | null;
        /** @description Until when it can be booked, if Junction says so. */
        expiresAt: string | null;
        /** @description As Junction says it, which names no unit. */
        price: number;
        priority: boolean;
        /** @description How many visits are free in this time. */
        left: number;
    };
    /** @description The team, by the host's own identifier, by the rules for `userId` of a clinician. */
    IntegrationTeamId: string;
    /**
     * @description What the host knows about the user.
     *
     *     - `owner`: no clinician is sent; the session is that of the API key's owner.
     *     - `existing`: the user exists at Empego, and the host vouches for that.
     *     - `upsert`: the user may or may not exist.
     *     - `new`: the user does not exist yet.
     *     - `clone`: the user does not exist yet, and should become a clone of the API key's owner.
     * @enum {string}
     */
    Intent: "owner" | "existing" | "upsert" | "new" | "clone";
    /** @description One call that a launch may make. */
    JunctionCallExplained: {
        name: Schemas['JunctionCallName'];
        /** @enum {string} */
        method: "GET" | "POST" | "PATCH";
        /** @description Where it would go. An id that is not known yet stands in braces, such as `{memberId}`. */
        url: string;
        /** @description How it proves who asks. In the place of a key or token stands the name of a variable. */
        headers: {
            name: string;
            value: string;
        }[];
        /** @description What it depends on; `null` if it is always made. It is made if the last of these calls that was made before has this finding: `nothing` exists yet, what was to be created turned out to be `existing`, or the member is of an `other_team` only. */
        when: {
            calls: Schemas['JunctionCallName'][];
            /** @enum {string} */
            finding: "nothing" | "existing" | "other_team";
        } | null;
        /** @description Whether it is left out, with whatever depends on it, while the gateway remembers what it would tell, or, for `create_api_access_token`, while no call needs the token. */
        unlessRemembered: boolean;
        refusal: Schemas['ExplainedRefusal'];
    };
    /**
     * @description One of the calls that the gateway makes.
     * @enum {string}
     */
    JunctionCallName: "resolve_team" | "create_team" | "create_api_access_token" | "resolve_member" | "create_member" | "get_member" | "update_member" | "create_dashboard_url" | "resolve_user" | "create_user" | "get_user" | "update_user_info" | "get_order" | "create_order" | "list_orders" | "cancel_order" | "get_area_info" | "get_availability" | "get_visit" | "book_visit" | "request_visit" | "reschedule_visit" | "cancel_visit" | "list_cancellation_reasons" | "get_results" | "get_results_metadata" | "get_results_pdf" | "get_requisition_pdf" | "get_abn_pdf" | "get_instructions_pdf" | "list_lab_tests" | "get_lab_test" | "list_lab_test_markers" | "simulate_order" | "resend_events" | "get_configuration" | "list_webhooks" | "get_webhook" | "create_webhook" | "update_webhook" | "delete_webhook" | "get_webhook_secret" | "rotate_webhook_secret" | "set_webhook_headers" | "get_delivery_metric";
    JunctionDocument: {
        /**
         * @description The URL that opens the feature, checked; for a host that delivers tickets, an address on the gateway that opens
         *     it once. It carries a session or leads to one, so treat it as a secret.
         */
        url: string;
        /**
         * @description For how long the URL opens it, as Junction says; in seconds, although its documents name no unit. For a ticket,
         *     at most 30.
         */
        expiresIn: number;
        modality: Schemas['Modality'];
        /** @description What it opens. With the patient, if it is about one. */
        feature: Schemas['Feature'];
        /** @description The app's origin, also where the URL is a ticket's. Listen to browser messages from this origin only. */
        origin: string;
        /** @description As in the header `x-request-id`. */
        requestId: string;
        frame: Schemas['Frame'];
    };
    /** @description What a launch of Junction's app would come to. Made by the functions that launch, so it says what they do; every member is always there, and `null` if the launch would be refused. */
    JunctionExplanation: {
        /**
         * @description What it comes to as far as that is decided without asking Junction.
         * @enum {string}
         */
        outcome: "launch" | "refusal";
        /**
         * @description The feature that has to be granted, as `junction.features` names it.
         * @enum {unknown}
         */
        feature: "order_creation" | "order_creation:*" | "order:*" | "team_panels" | "team_config" | null;
        /** @enum {unknown} */
        modality: "feature_embed" | "link_out" | null;
        /** @enum {unknown} */
        environment: "production" | "sandbox" | null;
        team: {
            /** @description The host's reference; `null` if the team is named by Junction's id. */
            integrationTeamId: string | null;
            teamId: Schemas['JunctionIdExplained'];
        } | null;
        member: {
            /** @description The clinician's `userId`. */
            integrationMemberId: string;
            memberId: Schemas['JunctionIdExplained'];
        } | null;
        /** @description The patient, or `null` if the launch is about no patient. */
        patient: {
            /** @description The host's reference; `null` if the patient is named by Junction's ids alone. */
            clientUserId: string | null;
            userId: Schemas['JunctionIdExplained'];
        } | null;
        /** @description The order that would be opened. */
        orderId: string | null;
        /** @description Every call that may be made, in order. The launch ends with the first that comes out as it should not. */
        calls: Schemas['JunctionCallExplained'][];
        refusal: Schemas['ExplainedRefusal'];
        requestId: string;
    };
    /** @description One of Junction's identifiers, a UUID with hyphens in any case. */
    JunctionId: string;
    /** @description One of Junction's ids. */
    JunctionIdExplained: {
        /** @description Whether it is known before anything is asked. */
        known: boolean;
        /** @description The id; `null` if it is not known. */
        value: string | null;
        /**
         * @description The call that tells it; `null` if it is known. If that call finds nothing, the one that creates what is missing tells it.
         * @enum {unknown}
         */
        from: "resolve_team" | "resolve_member" | "resolve_user" | "get_order" | null;
    };
    /**
     * @description What to open, as whom, and in which team.
     *
     *     An asserted host sends the clinician (`identity_required`); a token host leaves it out. An asserted host sends
     *     the team if its tenant has none. `licenseNumber` and `preferredLanguage` of the clinician are
     *     read but not passed on: Junction has no field for them.
     *
     *     `null` counts as absent inside the clinician only. A repeated member is an error.
     */
    JunctionLaunch: {
        clinician?: Schemas['Clinician'];
        team?: Schemas['Team'];
        patient?: Schemas['Patient'];
        feature: Schemas['Feature'];
        modality: Schemas['Modality'];
    };
    JunctionToExplainBody: Schemas['JunctionLaunch'] | unknown;
    /**
     * @description What to open, and as whom. The intent says what the host knows about the user, and decides what the clinician
     *     must hold:
     *
     *     | intent | clinician |
     *     | --- | --- |
     *     | `owner` | left out |
     *     | `existing`, `upsert`, or left out (then it is `upsert`) | at least `userId` |
     *     | `new` | `userId`, `firstName`, `lastName` and `email` |
     *     | `clone` | `userId` alone |
     *
     *     Without a clinician, send the intent `owner`. Token hosts are the exception: they always leave the clinician
     *     out, because it comes from the token.
     *
     *     A schema cannot know the tenant's and the host's settings. They can refuse more: `owner` (`owner_session`),
     *     `clone` and `upsert` with a `userId` alone (`owner_clone`), `upsert` with some but not all of `firstName`,
     *     `lastName` and `email` (`partial_profile`), a profile without `licenseNumber` under `upsert` or `new`
     *     (`missing_licence`), a `userId` alone that the gateway has never seen (`existing_users`), an intent that the host may not state (`intents`), an endpoint that was not granted
     *     (`endpoints`), a parameter that was not let through (`extra_params`) or is required and not there
     *     (`required_params`).
     *
     *     A repeated member is an error.
     */
    Launch: {
        clinician?: Schemas['Clinician'];
        /** @description `null` counts as absent. */
        intent?: Schemas['Intent'] | null;
        /** @description The patient, by Empego's identifier. */
        patientKey?: Schemas['PatientId'];
        /** @description The language of the page. Any case is read; lower case is sent on. `null` counts as absent. */
        locale?: Schemas['Locale'] | null;
        /**
         * @description All other parameters. `accessKey`, `consultationKey` and `followupKey` are known, in this spelling; the
         *     tenant's settings can let others through. `patientKey` and `locale` have members of their own and are
         *     refused here. No two names may differ in case only. `null` counts as absent.
         */
        params?: {
            [key: string]: Schemas['ParameterValue'];
        } | null;
    } & ({
        /** @enum {unknown} */
        intent?: "existing" | "upsert" | null;
    } | {
        /** @constant */
        intent: "new";
        clinician: {
            firstName: string;
            lastName: string;
            email: string;
        };
    } | {
        /** @constant */
        intent: "clone";
        clinician: {
            firstName?: unknown;
            lastName?: unknown;
            email?: unknown;
            licenseNumber?: unknown;
            preferredLanguage?: unknown;
        };
    } | {
        /** @constant */
        intent: "owner";
        clinician?: unknown;
    } | {
        /** @enum {unknown} */
        intent?: "upsert" | "new" | null;
        clinician?: unknown;
    });
    /** @description A launch that must name its patient. */
    LaunchForPatient: Schemas['Launch'] & {
        patientKey: Schemas['PatientId'];
    };
    ListOrderEventsQuery: {
        /**
         * @description Events with larger numbers only. Left out, all that are kept.
         * @default 0
         */
        after: number;
        /**
         * @description How long to wait for the first event, in seconds. Left out, not at all.
         * @default 0
         */
        wait: number;
    };
    ListSlotsPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    /** @description An order without its visit, which takes a call of its own. */
    ListedOrder: {
        /** @description By Junction's identifier. */
        orderId: string;
        /** @description What connects an order with those that followed from it, such as a redraw. */
        transactionId: string | null;
        state: Schemas['OrderState'];
        /** @description As Junction writes it. There are words that this document does not know. */
        rawStatus: string;
        /** @description Why the sample failed, in Junction's word. */
        detail: string | null;
        next: Schemas['NextStep'];
        /** @description Whether a visit was ever arranged. */
        hasVisit: boolean;
        sampleId: string | null;
        createdAt: string;
        updatedAt: string;
    };
    /** @description French or English. */
    Locale: string;
    /** @description Who speaks for the patient. It does not make a visit to a minor possible. */
    MedicalProxy: {
        firstName: string;
        lastName: string;
        email?: string | null;
        phoneNumber: Schemas['PhoneNumber'];
        address: Schemas['VisitAddress'];
        householdIncome?: number | null;
        householdSize?: number | null;
    };
    MissingResult: {
        name: string;
        slug: string | null;
        /** @description Why, in Junction's word. */
        failure: string | null;
        note: string | null;
        loinc: string | null;
        loincSlug: string | null;
        providerId: string | null;
    };
    /**
     * @description - `feature_embed`: in an iframe, which is locked to the feature and tells its page what happens.
     *     - `link_out`: in a window of its own, from where the whole dashboard can be reached.
     * @enum {string}
     */
    Modality: "feature_embed" | "link_out";
    /**
     * @description What has to happen next; `null` if nothing more is expected, or if that is not known.
     * @enum {string|null}
     */
    NextStep: "wait_for_requisition" | "arrange_visit" | "wait_for_confirmation" | "wait_for_visit" | "wait_for_results" | "read_results" | null;
    /** @description What people write. Any characters, with no control character but the line feed. */
    Notes: string;
    Order: {
        /** @description By Junction's identifier. */
        orderId: string;
        /** @description What connects an order with those that followed from it, such as a redraw. */
        transactionId: string | null;
        state: Schemas['OrderState'];
        /** @description As Junction writes it. There are words that this document does not know. */
        rawStatus: string;
        /** @description Why the sample failed, in Junction's word. */
        detail: string | null;
        next: Schemas['NextStep'];
        /** @description The visit that was arranged last, also if it was cancelled. */
        visit: Schemas['Visit'] | null;
        actions: Schemas['OrderActions'];
        /** @description Every status that the order had, oldest first. Nothing is ever taken out. */
        history: Schemas['OrderHistory'][];
        sampleId: string | null;
        /** @description Whether there is an Advance Beneficiary Notice. */
        hasAbn: boolean;
        /** @description Whether it is the first order, a redraw or a recreation, in Junction's word. */
        origin: string | null;
        /** @description Of the results as a whole, in Junction's word. */
        interpretation: string | null;
        hasMissingResults: boolean | null;
        activateBy: string | null;
        expectedResultBy: string | null;
        createdAt: string;
        updatedAt: string;
        /** @description `requisition_pending`: the visit is less than 48 hours ahead and the requisition is not there, without which the visit is moved or cancelled. */
        warnings: "requisition_pending"[];
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    OrderAction: {
        allowed: boolean;
        /** @description The code that the request would be refused with. With `allowed`, `late_cancellation`: the request must accept the late fee. */
        reason?: Schemas['ErrorCode'];
    };
    /** @description What may be done now, as far as the gateway knows. Junction decides. */
    OrderActions: {
        book: Schemas['OrderAction'];
        request: Schemas['OrderAction'];
        reschedule: Schemas['OrderAction'];
        cancelVisit: Schemas['OrderAction'];
        cancelOrder: Schemas['OrderAction'];
        results: Schemas['OrderAction'];
    };
    OrderAnswer: {
        markerId: number;
        questionId: number;
        answer: string;
    };
    OrderCancellation: {
        /** @description Whether a cancellation that is not refunded is accepted; left out, it is not. */
        acceptLateFee?: boolean | null;
    };
    OrderChoice: {
        answerId: number;
        code: string;
        text: string;
    };
    /**
     * @description The patient as the requisition will have them. The names must be those on the patient's identification, and
     *     the laboratory accepts no accents and no typographic apostrophe in them: `name_not_orderable`.
     */
    OrderDemographics: {
        firstName: string;
        lastName: string;
        email: string;
        phoneNumber: Schemas['PhoneNumber'];
        /** @enum {string} */
        gender: "female" | "male" | "other" | "unknown";
        /** @description The date of birth. Patients are 18 or older. */
        dob: string;
        medicalProxy?: Schemas['MedicalProxy'] | null;
        /** @enum {string|null} */
        race?: "african_american_or_black" | "asian" | "indigenous_native_american_alaska_native" | "other" | "pacific_islander_or_hawaiian" | "white_caucasian" | null;
        /** @enum {string|null} */
        ethnicity?: "hispanic" | "non_hispanic" | "ashkenazi_jewish" | "other" | null;
        /** @enum {string|null} */
        sexualOrientation?: "lesbian_gay_or_homosexual" | "heterosexual_or_straight" | "bisexual" | "dont_know" | "other" | null;
        /** @enum {string|null} */
        genderIdentity?: "male" | "female" | "female_to_male_ftm_transgender_male_trans_man" | "male_to_female_mtf_transgender_female_trans_woman" | "genderqueer" | "other" | null;
        householdIncome?: number | null;
        householdSize?: number | null;
    };
    OrderEvent: {
        /** @description Grows, with gaps. */
        seq: number;
        /**
         * @description What changed: the order, its visit, or that a result is critical.
         * @enum {string}
         */
        kind: "order" | "visit" | "result_critical";
        orderId: string;
        teamId: string;
        /** @description The state that the order has now, or its visit if `kind` is `visit`. */
        state: string;
        at: string;
    };
    OrderEvents: {
        events: Schemas['OrderEvent'][];
        /** @description What to send as `after` next. */
        next: number;
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    /**
     * @description What a request about an order would come to. Every member is always there, and `null` if it would be
     *     refused.
     */
    OrderExplanation: {
        /**
         * @description What it comes to as far as that is decided without asking Junction.
         * @enum {string}
         */
        outcome: "order" | "visit" | "refusal";
        /** @enum {unknown} */
        environment: "production" | "sandbox" | null;
        /** @description Every call that may be made, in order. It ends with the first that comes out as it should not. */
        calls: Schemas['JunctionCallExplained'][];
        refusal: Schemas['ExplainedRefusal'];
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    OrderHistory: {
        /** @description Grows with time: two entries may have the same time. */
        id: number;
        at: string;
        /** @description As Junction writes it. There are words that this document does not know. */
        status: string;
        state: Schemas['OrderState'];
        detail: string | null;
    };
    OrderList: {
        orders: Schemas['ListedOrder'][];
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    OrderMarker: {
        markerId: number;
        name: string;
        /** @description What ordering it asks; the answers go into `aoeAnswers`. */
        questions: Schemas['OrderQuestion'][];
    };
    OrderPatient: {
        /** @description The patient, by the host's own identifier. Never rewritten; neither `.` nor `..`. */
        clientUserId: Schemas['PatientId'];
        demographics: Schemas['OrderDemographics'];
    };
    /**
     * @description An order. An asserted host sends the clinician (`identity_required`), and the team if its tenant has none; a
     *     token host leaves out the clinician. `null` counts as absent. A repeated member is an error.
     */
    OrderPlacing: {
        clinician?: Schemas['Clinician'];
        team?: Schemas['Team'];
        patient: Schemas['OrderPatient'];
        address: Schemas['VisitAddress'];
        /** @description The tests, by `testId`. */
        tests: Schemas['JunctionId'][];
        /** @description Single markers beside the tests, by `markerId`. */
        addOnMarkers?: number[] | null;
        labAccountId?: Schemas['JunctionId'] | null;
        /** @description Who orders, if Junction's own physicians do not. */
        physician?: Schemas['Physician'] | null;
        /**
         * @description Who pays; left out, `client_bill`.
         * @enum {string|null}
         */
        billing?: "client_bill" | "commercial_insurance" | "patient_bill_passthrough" | "patient_bill" | null;
        /** @description Diagnoses in ICD-10-CM. */
        icdCodes?: string[] | null;
        consents?: Schemas['Consent'][] | null;
        /** @description Answers to the questions of the tests' markers. */
        aoeAnswers?: Schemas['OrderAnswer'][] | null;
        priority?: boolean | null;
        /** @description For the laboratory. */
        clinicalNotes?: Schemas['Notes'] | null;
        /** @description The day on which Junction takes up the order; left out, at once. */
        activateBy?: string | null;
        /** @description Kept by Junction with the order. Say nothing of the patient in it. */
        passthrough?: string | null;
    };
    OrderQuestion: {
        /** @description Larger than 32 bits can hold. */
        questionId: number;
        required: boolean;
        code: string;
        text: string;
        /** @description In Junction's word, such as `choice` or `numeric`. */
        type: string;
        sequence: number;
        /** @description The answers that can be chosen; empty if any text will do. */
        answers: Schemas['OrderChoice'][];
        constraint: string | null;
        default: string | null;
    };
    OrderResults: {
        orderId: string;
        state: Schemas['OrderState'];
        /** @description As Junction writes it. There are words that this document does not know. */
        rawStatus: string;
        /** @description Whether more will come. */
        partial: boolean;
        /** @description Whether they take the place of those that came before. */
        corrected: boolean;
        /** @description Whether one of them needs attention at once. */
        critical: boolean;
        metadata: Schemas['ResultsMetadata'];
        results: Schemas['Result'][];
        /** @description What was ordered and could not be measured. */
        missingResults: Schemas['MissingResult'][];
        samples: Schemas['ResultSample'][];
        /** @description How many results could not be read: the PDF has them. */
        unreadable: number;
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    OrderSearch: {
        patient: {
            /** @description The patient, by the host's own identifier. */
            clientUserId: Schemas['PatientId'];
        };
    };
    /**
     * @description - `placed`: with Junction, and without a requisition yet.
     *     - `ready_to_schedule`: a visit can be arranged.
     *     - `visit_requested`: a visit was requested, and has no time yet.
     *     - `visit_scheduled`: a visit has a time.
     *     - `collected`: the sample was drawn.
     *     - `partial`: some results are there.
     *     - `resulted`: all are there.
     *     - `corrected`: they were replaced, which may happen again and months later.
     *     - `failed`: the sample could not be used; `detail` says why.
     *     - `cancelled`: nothing follows.
     *     - `other`: a status that the gateway does not know. Never final.
     * @enum {string}
     */
    OrderState: "placed" | "ready_to_schedule" | "visit_requested" | "visit_scheduled" | "collected" | "partial" | "resulted" | "corrected" | "failed" | "cancelled" | "other";
    OrderTest: {
        /** @description What `tests` of an order takes. */
        testId: string;
        name: string;
        sampleType: string;
        /** @description As Junction says it, which names no unit. */
        price: number;
        /** @description Whether the patient must be fasting. */
        fasting: boolean;
        lab: string | null;
        /** @description Days until results, as a rule. */
        usualDays: number | null;
        /** @description Days until results, at worst. */
        longestDays: number | null;
        /** @description What it measures. */
        markers: Schemas['OrderMarker'][];
    };
    OrderTests: {
        tests: Schemas['OrderTest'][];
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    OrderToExplainBody: Schemas['OrderPlacing'] | unknown;
    /** @description 1 to 512 characters, none of them a control character or U+FFFD. Placeholders such as `undefined` are refused for Empego's keys. */
    ParameterValue: string;
    /**
     * @description The patient of a new order, or of the order that is opened. `order_creation` with a patient opens
     *     `order_creation:<id>`, by the id that Junction has for them; a patient whom Junction does not know is made.
     */
    Patient: {
        /** @description The patient, by the host's own identifier. Never rewritten; neither `.` nor `..`. */
        clientUserId: Schemas['PatientId'];
        /** @description `null` counts as absent. */
        demographics?: Schemas['Demographics'] | null;
    };
    /**
     * @description The patient, by the host's own identifier: 1 to 512 characters. Never rewritten; must be in Unicode normalization
     *     form C, without invisible characters, without white space at the ends and without spaces other than U+0020 inside.
     *     What stands where an id was never filled in, such as `undefined` or `{{patientKey}}`, is refused as `placeholder`.
     */
    PatientId: string;
    /** @description A telephone number with its country, in the form of E.164. */
    PhoneNumber: string;
    Physician: {
        firstName: string;
        lastName: string;
        /** @description The National Provider Identifier. */
        npi: string;
        email?: string | null;
        licensedStates?: Schemas['UsState'][] | null;
    };
    PlaceOrderHeader: {
        /**
         * @description Which order this is: new for each order, the same for each repetition of it. 1 to 255 visible ASCII
         *     characters, such as a UUID. Say nothing of the patient in it.
         */
        "Idempotency-Key": string;
    };
    ReadOrderPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    ReadRequisitionPdfPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    ReadResultsPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    ReadResultsPdfPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    /**
     * @description The exact reason for this code, for integrators. Only hosts with `explain = true` get it. The gateway's operator
     *     finds the same word in the log, and its meaning in docs/reference/errors.md; any version may add words.
     */
    Reason: string;
    RescheduleVisitPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    Rescheduling: {
        /** @description As `listSlots` gave it out. */
        slot: string;
        /** @description For this visit. */
        notes?: Schemas['Notes'] | null;
    };
    Result: {
        name: string;
        slug: string | null;
        /** @description The value as text, never rounded. */
        result: string;
        /** @description `numeric`, `range`, `comment` or `coded_value`, in Junction's word. */
        type: string | null;
        unit: string | null;
        at: string | null;
        notes: string | null;
        referenceRange: string | null;
        min: number | null;
        max: number | null;
        aboveMax: boolean | null;
        belowMin: boolean | null;
        /** @description In Junction's word. */
        interpretation: string | null;
        /** @description In the laboratory's. */
        sourceInterpretation: string | null;
        loinc: string | null;
        loincSlug: string | null;
        providerId: string | null;
        laboratory: string | null;
        sampleId: string | null;
    };
    ResultSample: {
        sampleId: string;
        controlNumber: string | null;
        collectedAt: string | null;
        receivedAt: string | null;
        reportedAt: string | null;
        laboratories: string[];
        fasting: boolean | null;
        notes: string | null;
    };
    /** @description What the laboratory says of all of them. Times are as it writes them. */
    ResultsMetadata: {
        status: string | null;
        interpretation: string | null;
        patient: string | null;
        dob: string | null;
        age: string | null;
        provider: string | null;
        laboratory: string | null;
        clia: string | null;
        specimenNumber: string | null;
        collectedAt: string | null;
        receivedAt: string | null;
        reportedAt: string | null;
    };
    /** @description An address as Junction has it. */
    SeenAddress: {
        firstLine: string;
        secondLine: string | null;
        city: string;
        state: string;
        zip: string;
        accessNotes: string | null;
    };
    SimulateOrderPath: {
        /** @description The order, by Junction's identifier. */
        id: Schemas['JunctionId'];
    };
    Simulation: {
        /** @description The status to stop at, in Junction's word. */
        finalStatus?: string | null;
        /** @description How long each step takes, in seconds. */
        delaySecs?: number | null;
        /**
         * @description What the results come to.
         * @enum {string|null}
         */
        interpretation?: "normal" | "abnormal" | "critical" | "unknown" | null;
        resultTypes?: ("numeric" | "range" | "comment" | "coded_value")[] | null;
        hasMissingResults?: boolean | null;
    };
    Slots: {
        /** @description Where the patient is, by its name in the IANA time zone database. `null` if Junction does not say: then days are those of UTC, and there are no local times. */
        timeZone: string | null;
        days: Schemas['DayOfSlots'][];
        /** @description As in the header `x-request-id`. */
        requestId: string;
    };
    SlotsQuery: {
        /** @description The first day; left out, today. */
        from?: string | null;
        /** @description Where, if not at the order's address. */
        address?: Schemas['VisitAddress'] | null;
    };
    /**
     * @description A division or customer of the organization, with its own patients: by the host's reference or by Junction's
     *     id. A team that may have to be created needs a reference and a name.
     */
    Team: {
        integrationTeamId?: Schemas['IntegrationTeamId'];
        teamId?: Schemas['JunctionId'];
        /**
         * @description What the team is called if it has to be made. Letters of Latin-1, digits, spaces inside, and
         *     `(),/:'|&_-’`.
         */
        name?: string | null;
    } & (unknown | unknown);
    /**
     * @description How a visit comes about: `ready` is booked at a time, `request` is agreed on between provider and patient.
     * @enum {string}
     */
    Tier: "ready" | "request" | "other";
    ToExplainBody: Schemas['Launch'] | unknown;
    /** @description Whether a token is accepted, and why. It contains names of settings and the gateway's own words, and no value of the token. */
    TokenExplanation: {
        /** @description Whether the token proves a host. */
        accepted: boolean;
        /** @description The host that it proves, or would prove if it were good, by its id in the settings. */
        host: string | null;
        /** @description The issuer of the tenant's hosts that it is of, as the settings have it. */
        issuer: string | null;
        /** @description Why it is refused, as in the gateway's log. */
        reason: string | null;
        /** @description The same in a sentence. */
        why: string | null;
        /** @description Every check, in order. What comes after the one that failed is not reported. */
        checks: {
            /** @enum {string} */
            check: "form" | "issuer" | "audience" | "type" | "algorithm" | "keys" | "key" | "signature" | "time" | "use";
            /** @enum {string} */
            outcome: "passed" | "failed" | "not_reported";
        }[];
        /** @description What the claims that the host maps come to. Of a refused token nothing is proven, and of one that leads to no host there are none. */
        claims: {
            /** @description The field of the clinician, or `patientKey`. */
            field: string;
            /** @description The claim that the host maps to it. */
            claim: string;
            /** @description `usable`, `missing`, or the code of what is wrong with it. */
            outcome: string;
        }[];
        requestId: string;
    };
    TokenToExplainBody: {
        /** @description The token as its front end sends it, without `Bearer`. */
        token: string;
    };
    /** @description Which upstream the error is about, and what it responded. There for, and only for, codes that begin with `upstream_` or `junction_`, and for `slot_taken`, `results_not_ready` and `outcome_unknown`. */
    UpstreamAnswer: {
        /**
         * @description Which upstream.
         * @enum {string}
         */
        name: "empego" | "junction";
        /** @description The HTTP status of its response; `null` if none came, or nothing was sent. */
        status: number | null;
        /** @description The upstream's own message. Only for hosts whose setting `explain` is on. */
        message?: string;
    };
    /** @description A state, in two capital letters. */
    UsState: string;
    /** @description The user, by the host's own identifier, by the rules for `userId` of a clinician. */
    UserId: string;
    Visit: {
        /** @description By Junction's identifier. */
        visitId: string;
        state: Schemas['VisitState'];
        /** @description As Junction writes it. There are words that this document does not know. */
        rawStatus: string;
        /** @description Junction's second status, which may differ from the first. */
        rawEventStatus: string | null;
        /** @description In Junction's word. */
        provider: string;
        tier: Schemas['Tier'];
        /** @description `null` while it has no time. */
        startsAt: string | null;
        /** @description The end of the time in which the phlebotomist comes. */
        endsAt: string | null;
        /** @description `startsAt` where the patient is. */
        localStart: string | null;
        localEnd: string | null;
        /** @description By its name in the IANA time zone database. */
        timeZone: string | null;
        canReschedule: boolean;
        notes: string | null;
        address: Schemas['SeenAddress'] | null;
        history: Schemas['VisitHistory'][];
    };
    /** @description Where the phlebotomist comes. Passed on as it is written. */
    VisitAddress: {
        /** @description Street and house number; in the sandbox, the number may be missing. No post office box. */
        firstLine: string;
        secondLine?: string | null;
        city: string;
        state: Schemas['UsState'];
        zip: Schemas['Zip'];
        /** @enum {string|null} */
        country?: "US" | null;
        /** @description How to get to the door. With an order, they count for all its visits. */
        accessNotes?: Schemas['Notes'] | null;
    };
    VisitArrangement: Schemas['VisitBooking'] | Schemas['VisitRequest'];
    /** @description Books a visit. */
    VisitBooking: {
        /** @description As `listSlots` gave it out. */
        slot: string;
        /** @description For this visit. */
        notes?: Schemas['Notes'] | null;
    };
    VisitCancellation: {
        reasonId: Schemas['JunctionId'];
        /** @description More about it; some reasons need it. */
        notes?: Schemas['Notes'] | null;
        /** @description Whether a cancellation that is not refunded is accepted; left out, it is not. */
        acceptLateFee?: boolean | null;
    };
    VisitHistory: {
        at: string;
        /** @description As Junction writes it. There are words that this document does not know. */
        status: string;
        /** @description What the provider says about it, as Junction passes it on. */
        data: Record<string, never> | null;
    };
    /** @description Requests a visit. */
    VisitRequest: {
        /** @description One that `readOrderCoverage` lists with `request`. */
        provider: string;
        /** @description Where, if not at the order's address. */
        address?: Schemas['VisitAddress'] | null;
        /** @description For this visit. */
        notes?: Schemas['Notes'] | null;
    };
    /**
     * @description - `requested`: it has no time, and is not certain.
     *     - `reserved`: a time is held until the requisition is there.
     *     - `scheduled`: it has a time.
     *     - `in_progress`: the phlebotomist is on the way or there.
     *     - `completed`: it took place.
     *     - `cancelled`: by the patient, the provider or the caller; a patient who was not there also ends here.
     *     - `other`: a status that the gateway does not know. It counts as a visit that is still to come.
     * @enum {string}
     */
    VisitState: "requested" | "reserved" | "scheduled" | "in_progress" | "completed" | "cancelled" | "other";
    VisitToExplainBody: Schemas['VisitArrangement'] | unknown;
    /**
     * @description - `may_clone_owner`: if the user does not exist, Empego makes a clone of the API key's owner.
     *     - `never_seen`: the gateway remembers its tenants' users, and has never seen this one launched with a complete
     *       profile.
     *     - `may_be_rejected_if_new`: if the user does not exist, Empego may refuse the incomplete profile.
     *     - `licence_may_be_inherited`: no licence number was sent; if the user does not exist, it may become that of
     *       the API key's owner.
     *     - `owner_session`: neither a user nor an intent was sent, so the session is that of the API key's owner. A user
     *       header that was lost on its way looks the same.
     *     - `language_ignored`: the token's language is neither French nor English, and was left out.
     * @enum {string}
     */
    Warning: "may_clone_owner" | "never_seen" | "may_be_rejected_if_new" | "licence_may_be_inherited" | "owner_session" | "language_ignored";
    /** @description A ZIP code of five digits, or of nine with a dash. As text, for some begin with a zero. */
    Zip: string;
}
