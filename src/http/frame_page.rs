//! What a person sees in the frame or window whose ticket opens nothing.

use actix_web::HttpRequest;
use domain::{
    code::{Code, Language},
    refusal::Refusal,
};

use super::{
    accept::wants_json,
    edge::{attempt::Attempt, rim::WrittenPage},
    refusal_page::{Text, language, written},
};

/// What a browser takes in the place of JSON.
const PAGES: [&str; 4] = ["text/html", "application/xhtml+xml", "text/*", "*/*"];

/// The page for a refusal, in the language that the browser prefers of the two; none for a client that takes JSON alone.
pub(super) fn page(refusal: &Refusal, request: &HttpRequest, attempt: &Attempt) -> Option<WrittenPage> {
    if wants_json(request, &PAGES) {
        return None;
    }
    let language = language(request);
    let is_late = refusal.code == Code::TicketSpent || refusal.code == Code::OriginDenied;
    let text = match (language, is_late) {
        (Language::English, true) => Text {
            title: "This view could not be opened",
            advice: "Each view opens once, shortly after it was requested. Close it, then open it again from your EHR.",
        },
        (Language::English, false) => Text {
            title: "This view could not be opened",
            advice: "It cannot be opened at the moment. Wait a minute, then open it again from your EHR.",
        },
        (Language::French, true) => Text {
            title: "Cette vue n’a pas pu être ouverte",
            advice: "Chaque vue s’ouvre une seule fois, peu après avoir été demandée. Fermez-la, puis rouvrez-la à partir de votre DME.",
        },
        (Language::French, false) => Text {
            title: "Cette vue n’a pas pu être ouverte",
            advice: "Elle ne peut pas être ouverte pour le moment. Attendez une minute, puis rouvrez-la à partir de votre DME.",
        },
    };
    written((language, text), None, refusal, attempt)
}
