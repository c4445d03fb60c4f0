//! What a clinician sees in the frame when a session is not continued.

use actix_web::HttpRequest;
use domain::{
    code::{Code, Language, Source},
    embed_url::EmbedHost,
    refusal::Refusal,
};

use crate::http::{
    edge::{attempt::Attempt, rim::WrittenPage},
    refusal_page::{Button, Text, language, written},
};

/// The page's words in one language.
struct Words {
    title: &'static str,
    question: &'static str,
    button: &'static str,
    confirm: &'static str,
    sign_in: &'static str,
    wait: &'static str,
    not_yours: &'static str,
    later: &'static str,
    open_again: &'static str,
}

const ENGLISH: Words = Words {
    title: "This view could not be opened again",
    question: "Open this view?",
    button: "Continue",
    confirm: "The service behind this view does not know you or your patient yet, so a record must be created there first. Continue only if you have just opened this view from your EHR. Otherwise, close it.",
    sign_in: "You are no longer signed in. Sign in to your EHR, then open this view again from there.",
    wait: "It was reopened too many times in a short period. Wait a minute, then open it again from your EHR. If this keeps happening, your browser may be blocking cookies in this view.",
    not_yours: "It belongs to a different clinician, team or patient than the one you are working with, or you do not have access to it. Close it, then open it again from your EHR.",
    later: "The service behind this view is not available at the moment. Wait a minute, then open the view again from your EHR.",
    open_again: "Close it, then open it again from your EHR.",
};

const FRENCH: Words = Words {
    title: "Cette vue n’a pas pu être rouverte",
    question: "Ouvrir cette vue\u{a0}?",
    button: "Continuer",
    confirm: "Le service qui affiche cette vue ne vous connaît pas encore, ou ne connaît pas votre patient\u{a0}: un dossier doit d’abord y être créé. Ne continuez que si vous venez d’ouvrir cette vue à partir de votre DME. Sinon, fermez-la.",
    sign_in: "Votre session a expiré. Reconnectez-vous à votre DME, puis rouvrez cette vue à partir de celui-ci.",
    wait: "Elle a été rouverte trop souvent en peu de temps. Attendez une minute, puis rouvrez-la à partir de votre DME. Si le problème persiste, votre navigateur bloque peut-être les témoins (cookies) dans cette vue.",
    not_yours: "Elle concerne un autre clinicien, une autre équipe ou un autre patient que ceux avec qui vous travaillez, ou vous n’y avez pas accès. Fermez-la, puis rouvrez-la à partir de votre DME.",
    later: "Le service qui affiche cette vue n’est pas disponible pour le moment. Attendez une minute, puis rouvrez-la à partir de votre DME.",
    open_again: "Fermez-la, puis rouvrez-la à partir de votre DME.",
};

/// The page for a refusal, in the language that the browser prefers of the two.
pub(in crate::http) fn page(refusal: &Refusal, request: &HttpRequest, attempt: &Attempt) -> Option<WrittenPage> {
    let language = language(request);
    let words = match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
    };
    let has_button = refusal.code == Code::ConfirmationRequired;
    let text = Text {
        title: if has_button { words.question } else { words.title },
        advice: advice(refusal.code, words),
    };
    let button = has_button.then(|| Button {
        label: words.button,
        leads_to: forms(attempt),
    });
    written((language, text), button.as_ref(), refusal, attempt)
}

/// Where the form goes: here, and by the redirect from here to the app. Some browsers hold the whole way against the policy.
fn forms(attempt: &Attempt) -> String {
    let junction = attempt.caller.as_ref().and_then(|caller| caller.junction().ok());
    let hosts = junction
        .map(|junction| junction.account.embed_hosts())
        .unwrap_or_default();
    let app = hosts.iter().flat_map(EmbedHost::origins);
    app.fold("'self'".to_owned(), |forms, origin| format!("{forms} {origin}"))
}

/// What a person can do about it.
fn advice(code: Code, words: &Words) -> &'static str {
    if code == Code::SessionRequired {
        words.sign_in
    } else if code == Code::ConfirmationRequired {
        words.confirm
    } else if code == Code::ContinuationLoop {
        words.wait
    } else if code == Code::OriginDenied {
        words.open_again
    } else if code.source() == Source::Gateway && !code.is_retryable() && code != Code::Internal {
        words.not_yours
    } else if code.is_retryable() || code.status() >= 500 {
        words.later
    } else {
        words.open_again
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{
        http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue},
        test::TestRequest,
    };
    use domain::reason::Reason;

    use super::*;
    use crate::http::edge::request_id::RequestId;

    #[test]
    fn the_page_is_in_the_language_that_the_browser_prefers_of_the_two() {
        let rows = [
            (None, "en", "nothing said"),
            (Some("fr-CA,fr;q=0.9,en;q=0.8"), "fr", "French first"),
            (Some("en-CA,fr;q=0.9"), "en", "English first"),
            (Some("de,fr;q=0.5,en;q=0.2"), "fr", "French before English"),
            (Some("en;q=0.2,fr;q=0.5"), "fr", "by weight"),
            (Some("de"), "en", "neither"),
            (Some("*"), "en", "any"),
            (Some("\u{1}?;q="), "en", "nonsense"),
        ];
        for (accepted, language, reason) in rows {
            let mut request = TestRequest::default();
            if let Some(accepted) = accepted
                && let Ok(accepted) = HeaderValue::from_bytes(accepted.as_bytes())
            {
                request = request.insert_header((ACCEPT_LANGUAGE, accepted));
            }
            let request = request.to_http_request();
            let attempt = Attempt::new(RequestId::of(&HeaderMap::new()));
            for (refused, code) in [
                (Reason::NoSession, "session_required"),
                (Reason::ContinuationCreatesNoMember, "confirmation_required"),
            ] {
                let WrittenPage {
                    html,
                    content_security_policy,
                    ..
                } = page(&refused.into(), &request, &attempt).unwrap();
                assert!(
                    html.contains(&format!("<html lang=\"{language}\">")),
                    "{reason}: {html}"
                );
                assert!(html.contains(code) && html.contains(attempt.request_id.as_str()));
                let policy = content_security_policy.to_str().unwrap();
                assert!(policy.contains("style-src 'sha256-"), "{policy}");
            }
        }
    }

    #[test]
    fn every_code_has_its_advice() {
        let advised = |code| advice(code, &ENGLISH);
        for code in Code::ALL.iter().copied() {
            assert!(!advised(code).is_empty());
        }
        let rows = [
            (Code::SessionRequired, ENGLISH.sign_in),
            (Code::ContinuationLoop, ENGLISH.wait),
            (Code::ConfirmationRequired, ENGLISH.confirm),
            (Code::OriginDenied, ENGLISH.open_again),
            (Code::IdentityProviderUnavailable, ENGLISH.later),
            (Code::SessionMismatch, ENGLISH.not_yours),
            (Code::PatientDenied, ENGLISH.not_yours),
            (Code::FeatureDenied, ENGLISH.not_yours),
            (Code::InvalidRequest, ENGLISH.open_again),
            (Code::JunctionNotFound, ENGLISH.open_again),
            (Code::UpstreamTimeout, ENGLISH.later),
            (Code::UpstreamCircuitOpen, ENGLISH.later),
            (Code::RateLimited, ENGLISH.later),
            (Code::Internal, ENGLISH.later),
        ];
        for (code, expected) in rows {
            assert_eq!(advised(code), expected, "{code:?}");
        }
    }
}
