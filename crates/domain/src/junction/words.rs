//! The small vocabularies of Junction's API. Each is written as Junction writes it, and read in no other spelling.

use crate::words::words;

words! {
    /// How a feature is shown.
    pub Modality {
        /// In an iframe that is locked to the feature.
        FeatureEmbed = "feature_embed",
        /// In a window of its own. The feature is only where it begins: the whole dashboard can be reached from there.
        LinkOut = "link_out",
    }

    /// Which of a team's two worlds.
    pub Environment {
        /// Real patients and orders.
        Production = "production",
        /// Invented ones.
        Sandbox = "sandbox",
    }

    /// The calls that the gateway makes. The management key administers a whole organization: it is used only for these
    /// calls.
    pub JunctionCall {
        /// Finds a team by the host's reference.
        ResolveTeam = "resolve_team",
        /// Makes a team.
        CreateTeam = "create_team",
        /// Gets a token for one team's API.
        CreateApiAccessToken = "create_api_access_token",
        /// Finds a member by the host's reference.
        ResolveMember = "resolve_member",
        /// Makes a member.
        CreateMember = "create_member",
        /// Reads a member.
        GetMember = "get_member",
        /// Adds to a member's teams.
        UpdateMember = "update_member",
        /// Makes the URL.
        CreateDashboardUrl = "create_dashboard_url",
        /// Finds a patient by the host's reference.
        ResolveUser = "resolve_user",
        /// Makes a patient.
        CreateUser = "create_user",
        /// Reads a patient.
        GetUser = "get_user",
        /// Writes a patient's demographics.
        UpdateUserInfo = "update_user_info",
        /// Reads an order.
        GetOrder = "get_order",
        /// Creates an order.
        CreateOrder = "create_order",
        /// Lists orders: a patient's, or those that changed.
        ListOrders = "list_orders",
        /// Cancels an order, and with it the visit.
        CancelOrder = "cancel_order",
        /// Asks whether phlebotomists come to a ZIP code.
        GetAreaInfo = "get_area_info",
        /// Asks when a phlebotomist could come.
        GetAvailability = "get_availability",
        /// Reads an order's visit.
        GetVisit = "get_visit",
        /// Books a visit at a time that was offered.
        BookVisit = "book_visit",
        /// Requests a visit, for which the provider calls the patient.
        RequestVisit = "request_visit",
        /// Moves a visit that was booked.
        RescheduleVisit = "reschedule_visit",
        /// Cancels a visit.
        CancelVisit = "cancel_visit",
        /// Lists why a visit may be cancelled.
        ListCancellationReasons = "list_cancellation_reasons",
        /// Reads an order's results.
        GetResults = "get_results",
        /// Reads what is said of an order's results as a whole.
        GetResultsMetadata = "get_results_metadata",
        /// Reads an order's results as the laboratory prints them.
        GetResultsPdf = "get_results_pdf",
        /// Reads what the laboratory is sent with the sample.
        GetRequisitionPdf = "get_requisition_pdf",
        /// Reads what tells the patient that insurance may not pay.
        GetAbnPdf = "get_abn_pdf",
        /// Reads how the sample is collected.
        GetInstructionsPdf = "get_instructions_pdf",
        /// Lists tests that can be ordered.
        ListLabTests = "list_lab_tests",
        /// Reads a test that can be ordered.
        GetLabTest = "get_lab_test",
        /// Lists what a test measures, and the questions that ordering it asks.
        ListLabTestMarkers = "list_lab_test_markers",
        /// Takes an order of the sandbox on.
        SimulateOrder = "simulate_order",
        /// Asks for events to be sent again.
        ResendEvents = "resend_events",
        /// Reads how the app is integrated: slug, modalities, origins.
        GetConfiguration = "get_configuration",
        /// Lists the endpoints that events are sent to.
        ListWebhooks = "list_webhooks",
        /// Reads one of them.
        GetWebhook = "get_webhook",
        /// Has events sent to an endpoint.
        CreateWebhook = "create_webhook",
        /// Changes an endpoint.
        UpdateWebhook = "update_webhook",
        /// Ends an endpoint.
        DeleteWebhook = "delete_webhook",
        /// Reads what an endpoint's events are signed with.
        GetWebhookSecret = "get_webhook_secret",
        /// Exchanges that.
        RotateWebhookSecret = "rotate_webhook_secret",
        /// Writes the headers that an endpoint's events carry.
        SetWebhookHeaders = "set_webhook_headers",
        /// Asks how events were delivered.
        GetDeliveryMetric = "get_delivery_metric",
    }

    /// Where a team's data is. It never moves.
    pub Region {
        /// In the United States.
        UnitedStates = "us",
        /// In the European Union.
        Europe = "eu",
    }
}
