//! What an operator or a developer reads about each error code, in both languages of the console.

use super::Code;

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

/// What to know about an error code, in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guidance {
    /// When the gateway responds with it.
    pub meaning: &'static str,
    /// What to do.
    pub action: &'static str,
}

/// A row for each code: meaning and action in English, then in French.
macro_rules! texts {
    ($($code:ident { $meaning:literal, $action:literal; $meaning_fr:literal, $action_fr:literal })+) => {
        impl Code {
            /// What to know about the code, in this language.
            #[must_use]
            pub const fn guidance(self, language: Language) -> Guidance {
                match (self, language) {
                    $(
                        (Self::$code, Language::English) => Guidance { meaning: $meaning, action: $action },
                        (Self::$code, Language::French) => Guidance { meaning: $meaning_fr, action: $action_fr },
                    )+
                }
            }
        }
    };
}

texts! {
    HeaderRepeated {
        "There are two user headers, so it is unclear who acts.",
        "Send x-integration-user once.";
        "Il y a deux en-têtes d’utilisateur\u{a0}: on ne sait pas qui agit.",
        "Envoyez x-integration-user une seule fois."
    }
    HeaderTooLarge {
        "The user header has more than 4 KiB.",
        "Send Empego's six fields and nothing else.";
        "L’en-tête d’utilisateur dépasse 4 Kio.",
        "Envoyez les six champs d’Empego et rien d’autre."
    }
    HeaderNotBase64 {
        "The user header is empty, or is not base64 in the standard alphabet.",
        "Encode the JSON with standard base64, or leave the header out.";
        "L’en-tête d’utilisateur est vide, ou n’est pas du base64 dans l’alphabet standard.",
        "Encodez le JSON en base64 standard, ou omettez l’en-tête."
    }
    HeaderNotUtf8 {
        "The decoded bytes are not UTF-8; usually a browser's btoa produced Latin-1 from an accent.",
        "Encode the text as UTF-8 first (TextEncoder), then as base64.";
        "Les octets décodés ne sont pas de l’UTF-8\u{a0}; souvent, btoa a fait du Latin-1 d’un accent.",
        "Encodez d’abord le texte en UTF-8 (TextEncoder), puis en base64."
    }
    HeaderNotJson {
        "The decoded header is not JSON.",
        "Encode a JSON object.";
        "L’en-tête a été décodé, et ce n’est pas du JSON.",
        "Encodez un objet JSON."
    }
    HeaderSchema {
        "The header holds JSON, but not a valid clinician. All invalid fields are listed.",
        "Correct the listed fields.";
        "L’en-tête contient du JSON, mais pas un clinicien valide. Tous les champs en cause sont listés.",
        "Corrigez les champs listés."
    }
    UserFieldsMissing {
        "The intent, or a new member at Junction, needs first name, last name and e-mail, and some are missing.",
        "Send the whole profile, or the intent existing if the user is known to exist.";
        "L’intention, ou un nouveau membre chez Junction, exige prénom, nom et courriel, et il en manque.",
        "Envoyez le profil complet, ou l’intention existing si l’utilisateur existe à coup sûr."
    }
    InvalidRequest {
        "The body, the query or a header breaks a rule. All invalid fields are listed.",
        "Correct the listed fields.";
        "Le corps, les paramètres ou un en-tête enfreignent une règle. Tous les champs en cause sont listés.",
        "Corrigez les champs listés."
    }
    IdentityRequired {
        "No clinician was sent, and the intent requires one.",
        "Send the clinician, or send the intent owner if the API key's owner is meant.";
        "Aucun clinicien n’a été envoyé, et l’intention en exige un.",
        "Envoyez le clinicien, ou l’intention owner s’il s’agit du propriétaire de la clé."
    }
    IntentRequired {
        "A userId was sent alone, and the policy does not allow clones: that is only safe for a user who exists.",
        "Send the intent existing if the user exists, or send the whole profile.";
        "Un userId a été envoyé seul, et la politique n’admet pas de clones\u{a0}: ce n’est sûr que si l’utilisateur existe.",
        "Envoyez l’intention existing si l’utilisateur existe, ou le profil complet."
    }
    IntentConflict {
        "The intent and the clinician contradict each other.",
        "Leave the clinician out for owner; send userId alone for clone.";
        "L’intention et le clinicien se contredisent.",
        "Pour owner, omettez le clinicien\u{a0}; pour clone, envoyez le userId seul."
    }
    ReservedHeader {
        "A header was sent that only the gateway sends, or a look-alike written with an underscore.",
        "Leave it out; look at what a proxy in front adds.";
        "Un en-tête que seule la passerelle envoie a été reçu, ou un sosie écrit avec un trait de soulignement.",
        "Omettez-le\u{a0}; voyez ce qu’ajoute un mandataire placé devant."
    }
    ClinicianNotAccepted {
        "This host's clinicians come from their tokens, and the request sends one too.",
        "Leave the clinician out of the request.";
        "Les cliniciens de cet hôte viennent de leurs jetons, et la requête en envoie un aussi.",
        "Omettez le clinicien de la requête."
    }
    BadTarget {
        "The request target has a fragment, escapes plain letters, or is a URL of another host.",
        "Escape # as %23, leave plain letters unescaped, and address the gateway by its own name.";
        "La cible de la requête contient un fragment, encode des lettres ordinaires ou vise un autre hôte.",
        "Encodez # en %23, laissez les lettres telles quelles et appelez la passerelle par son propre nom."
    }
    HostUnauthenticated {
        "There is no valid credential, or more than one.",
        "Send one host key or one token that is still valid.";
        "Aucun justificatif valide, ou plus d’un.",
        "Envoyez une seule clé d’hôte ou un seul jeton encore valide."
    }
    OriginDenied {
        "The request comes from a browser origin that the host does not list, or a browser sent a host key. A session continuation must be a navigation, and must be confirmed on its own page.",
        "Keep host keys on a server; list the origin of a token host in origins.";
        "La requête vient d’une origine de navigateur que l’hôte ne liste pas, ou un navigateur a envoyé une clé d’hôte. Une continuation de session doit être une navigation, et se confirmer sur sa propre page.",
        "Gardez les clés d’hôte sur un serveur\u{a0}; listez l’origine d’un hôte à jetons dans origins."
    }
    EndpointDenied {
        "The tenant is not granted this endpoint, or the host may not ask for explanations.",
        "Add it to the tenant's endpoints if its users should have it; the host's explain setting allows explanations.";
        "Ce point d’accès n’est pas accordé au locataire, ou l’hôte n’a pas droit aux explications.",
        "Ajoutez-le aux endpoints du locataire si ses utilisateurs doivent l’avoir\u{a0}; le réglage explain de l’hôte permet les explications."
    }
    IntentDenied {
        "The host may not send this intent.",
        "Add it to the host's intents if the host can vouch for it.";
        "L’hôte n’a pas le droit d’envoyer cette intention.",
        "Ajoutez-la aux intents de l’hôte s’il peut s’en porter garant."
    }
    OwnerSessionDenied {
        "No clinician was sent, and the tenant does not allow sessions of the API key's owner.",
        "Send the clinician, or set owner_session to allow.";
        "Aucun clinicien n’a été envoyé, et le locataire n’admet pas de session du propriétaire de la clé.",
        "Envoyez le clinicien, ou réglez owner_session sur allow."
    }
    OwnerCloneDenied {
        "The launch asks for a clone of the API key's owner, and the tenant does not allow that.",
        "Send the whole profile, or set owner_clone to allow.";
        "Un clone du propriétaire de la clé est demandé, et le locataire n’en admet pas.",
        "Envoyez le profil complet, ou réglez owner_clone sur allow."
    }
    PatientDenied {
        "The token is bound to another patient, or to none; or an order is another patient's.",
        "Launch for the token's patient; for what is about no one patient, see unbound_endpoints and unbound_junction.";
        "Le jeton est lié à un autre patient, ou à aucun\u{a0}; ou la commande est celle d’un autre patient.",
        "Lancez pour le patient du jeton\u{a0}; pour ce qui n’a pas de patient, voyez unbound_endpoints et unbound_junction."
    }
    ClaimUnusable {
        "A mapped claim of the token cannot be used, such as an e-mail address that is not verified.",
        "Correct the listed claims at the identity provider.";
        "Une information du jeton est inutilisable, comme un courriel non vérifié.",
        "Corrigez chez le fournisseur d’identité les informations listées."
    }
    FeatureDenied {
        "The tenant is not granted this feature, modality or environment of Junction's, or has no Junction.",
        "Add it to junction.features or junction.modalities if its users should have it.";
        "Le locataire n’a pas droit à cette fonction, à cette modalité ou à cet environnement de Junction, ou n’a pas Junction.",
        "Ajoutez-la à junction.features ou à junction.modalities si ses utilisateurs doivent l’avoir."
    }
    TeamDenied {
        "The launch is about another team than the tenant's or the token's, a team that may not be created, a team that the member is not in and may not be added to, or a patient or an order of another team.",
        "Leave the team out, or send the right one; create_team allows the gateway to create new ones.";
        "Il s’agit d’une autre équipe que celle du locataire ou du jeton, d’une équipe qui ne peut pas être créée, d’une équipe dont le membre ne fait pas partie et à laquelle il ne peut pas être ajouté, ou d’un patient ou d’une commande d’une autre équipe.",
        "N’envoyez pas d’équipe, ou envoyez la bonne\u{a0}; create_team permet d’en créer."
    }
    SessionRequired {
        "Junction sent a browser here, and no cookie of the browser is a session that its host confirms.",
        "Sign in at the EHR again; the cookie must be SameSite=None and Secure, and reach the gateway.";
        "Junction a envoyé ici un navigateur dont aucun témoin n’est une session confirmée par son hôte.",
        "Reconnectez-vous au DME ; le témoin doit être SameSite=None et Secure, et parvenir à la passerelle."
    }
    SessionMismatch {
        "Junction sent a browser for another clinician or team than those of its session, or with the id of a member whom Junction does not have.",
        "Open the view again from the EHR, as the clinician who is signed in.";
        "Junction a envoyé un navigateur pour un autre clinicien ou une autre équipe que ceux de sa session, ou avec l’identifiant d’un membre que Junction n’a pas.",
        "Rouvrez la vue à partir du DME, en tant que clinicien connecté."
    }
    ConfirmationRequired {
        "Junction sent a browser for a team, a clinician or a patient that Junction does not know yet, and the page's button has not been clicked.",
        "Click the button on the page if you opened the view yourself; the click creates what is missing.";
        "Le navigateur envoyé par Junction concerne une équipe, un clinicien ou un patient que Junction ne connaît pas encore, et personne n’a cliqué.",
        "Si vous avez vous-même ouvert la vue, cliquez sur le bouton de la page\u{a0}: ce qui manque sera créé."
    }
    ContinuationLoop {
        "One clinician's session was continued more than three times at once, then more than once in 20 seconds.",
        "Wait; then see whether Junction knows the page's origin, and whether the frame lets the referrer pass.";
        "La session d’un même clinicien a été continuée plus de trois fois de suite, puis plus d’une fois en 20\u{a0}secondes.",
        "Attendez ; voyez ensuite si Junction connaît l’origine de la page, et si le cadre laisse passer le référent."
    }
    NotFound {
        "There is no such path; errors suggests the nearest one.",
        "Compare it with openapi.yaml.";
        "Ce chemin n’existe pas\u{a0}; errors propose le plus proche.",
        "Comparez-le à openapi.yaml."
    }
    MethodNotAllowed {
        "The path exists, but not with this method. HEAD never launches.",
        "Use a method from the response's Allow header.";
        "Le chemin existe, la méthode non. HEAD ne lance jamais.",
        "Utilisez la méthode de l’en-tête Allow de la réponse."
    }
    RequestTimeout {
        "The body arrived too slowly.",
        "Send it in one go; check the network in between.";
        "Le corps est arrivé trop lentement.",
        "Envoyez-le d’un trait\u{a0}; examinez le réseau intermédiaire."
    }
    PayloadTooLarge {
        "The body has more than 16 KiB.",
        "Send only the facts of the launch.";
        "Le corps dépasse 16 Kio.",
        "Envoyez les faits du lancement et rien d’autre."
    }
    UnsupportedMediaType {
        "The request's Content-Type is not application/json; errors says why.",
        "Send Content-Type: application/json.";
        "Le Content-Type de la requête n’est pas application/json\u{a0}; errors dit pourquoi.",
        "Envoyez Content-Type: application/json."
    }
    RateLimited {
        "There were too many launches of this tenant, host or clinician, or too many failed authentications.",
        "Retry after Retry-After; look for a loop in the front end.";
        "Trop de lancements de ce locataire, hôte ou clinicien, ou trop d’authentifications échouées.",
        "Réessayez après Retry-After\u{a0}; cherchez une boucle dans l’interface."
    }
    UpstreamHeaderRejected {
        "Empego refuses the user header that the gateway sent.",
        "Report it with the request id: Empego may have changed its rules.";
        "Empego refuse l’en-tête d’utilisateur que la passerelle a composé.",
        "Signalez-le avec l’id de la requête\u{a0}: Empego a peut-être changé ses règles."
    }
    UpstreamUserFieldsMissing {
        "Empego does not know the user, and needs more fields to create one; errors lists those that were not sent.",
        "Send the listed fields.";
        "Empego ne connaît pas l’utilisateur, et il manque des champs pour le créer\u{a0}; errors liste ceux qui n’ont pas été envoyés.",
        "Envoyez les champs listés."
    }
    UpstreamAuthenticationFailed {
        "Empego or Junction does not accept the tenant's key. Empego also says this if it could not create a session.",
        "Check the tenant's API key or management key; if it is right, ask Empego with the time and the request id.";
        "Empego ou Junction n’accepte pas la clé du locataire. Empego répond de même s’il n’a pas pu créer de session.",
        "Vérifiez la clé API ou la clé de gestion du locataire\u{a0}; si elle est bonne, écrivez à Empego en indiquant l’heure et l’id de la requête."
    }
    UpstreamRejected {
        "Empego or Junction refused the request. Its status is passed on, and the fields that Junction names are listed.",
        "Check the keys in the parameters or the listed fields; a host with explain = true sees the upstream's message.";
        "Empego ou Junction a refusé la requête. Son statut est transmis, et les champs que Junction nomme sont listés.",
        "Vérifiez les clés dans les paramètres ou les champs listés\u{a0}; un hôte avec explain = true voit le message du service en amont."
    }
    UpstreamError {
        "Empego or Junction responded with another error, or with a redirect, which is never followed.",
        "Ask the clinician to try later; check the upstream's status page.";
        "Empego ou Junction a répondu par une erreur, ou par une redirection, qui n’est jamais suivie.",
        "Demandez au clinicien de réessayer plus tard\u{a0}; consultez l’état du service."
    }
    UpstreamBadBody {
        "The response of Empego or Junction does not contain what was asked for: it is empty, too large, a web page or a sentence, or its status is another success.",
        "Check base_url, management_url and api_url: something else may respond there.";
        "La réponse d’Empego ou de Junction ne contient pas ce qui était demandé\u{a0}: elle est vide, trop longue, une page Web ou une phrase, ou son statut est un autre succès.",
        "Vérifiez base_url, management_url et api_url\u{a0}: autre chose y répond peut-être."
    }
    UpstreamBadUrl {
        "The URL in the response breaks a rule, such as a host that is not listed. It is not passed on.",
        "If the host belongs to Empego or Junction, add it to embed_hosts.";
        "L’URL de la réponse enfreint une règle, comme un hôte non listé. Elle n’est pas transmise.",
        "Si l’hôte appartient à Empego ou à Junction, ajoutez-le à embed_hosts."
    }
    UpstreamUnreachable {
        "The gateway could not connect to Empego or Junction, or the connection broke. Retry only if nothing was sent.",
        "Check the network to the upstream; the log names the cause.";
        "Pas de connexion à Empego ou à Junction, ou elle s’est rompue. Ne réessayez que si rien n’a été envoyé.",
        "Vérifiez le réseau vers le service\u{a0}; le journal indique la cause."
    }
    UpstreamBusy {
        "Empego or Junction asks for a later retry (429 or 503).",
        "Retry after Retry-After.";
        "Empego ou Junction demande de patienter (429 ou 503).",
        "Réessayez après Retry-After."
    }
    Overloaded {
        "Too many launches are in flight.",
        "Retry after Retry-After; if it lasts, see max_in_flight.";
        "Trop de lancements sont en cours.",
        "Réessayez après Retry-After\u{a0}; si le problème persiste, voyez max_in_flight."
    }
    IdentityProviderUnavailable {
        "The token cannot be checked, because its issuer's keys could not be fetched within 5 seconds or the client's own deadline. The token itself may be good.",
        "Retry after Retry-After; if it lasts, check that the gateway can reach the identity provider.";
        "Le jeton ne peut pas être vérifié\u{a0}: les clés de son émetteur n’ont pas pu être obtenues en 5\u{a0}secondes, ou dans le délai du client. Le jeton lui-même est peut-être valide.",
        "Réessayez après Retry-After ; si le problème persiste, vérifiez que la passerelle joint le fournisseur d’identité."
    }
    UpstreamCircuitOpen {
        "Empego, or one of Junction's two APIs, failed too often in the last seconds, so nothing is sent to it for a while.",
        "Retry after Retry-After; earlier launches show the cause.";
        "Empego, ou l’une des deux API de Junction, a trop souvent échoué ces dernières secondes\u{a0}: rien ne lui est envoyé pour un moment.",
        "Réessayez après Retry-After\u{a0}; les lancements précédents montrent la cause."
    }
    UpstreamConnectTimeout {
        "Empego or Junction did not accept a connection in time. Nothing was sent.",
        "Retry; check the network to the upstream.";
        "Empego ou Junction n’a accepté aucune connexion à temps. Rien n’a été envoyé.",
        "Réessayez\u{a0}; vérifiez le réseau vers le service."
    }
    UpstreamTimeout {
        "Empego or Junction did not respond within timeout_ms, or within the caller's own x-request-timeout-ms. It may have done its work.",
        "Check whether the user exists before launching as new. The gateway finds what was created at Junction.";
        "Empego ou Junction n’a pas répondu dans le délai timeout_ms, ou dans celui de l’appelant (x-request-timeout-ms). Le travail a peut-être été fait quand même.",
        "Vérifiez si l’utilisateur existe avant de lancer avec new. La passerelle retrouve ce qui a été créé chez Junction."
    }
    JunctionForbidden {
        "The management key lacks permission for this at Junction, or the member may not act for the team.",
        "Check the key's role, and at Junction whether the member was removed from the team.";
        "La clé de gestion n’a pas ce droit chez Junction, ou le membre ne peut pas agir pour l’équipe.",
        "Vérifiez le rôle de la clé, et chez Junction si le membre a été retiré de l’équipe."
    }
    JunctionNotFound {
        "Junction has no such team, member, patient or order, or not in this team.",
        "Check the id in the feature; it must be of the launch's team and environment.";
        "Junction ne connaît pas cette équipe, ce membre, ce patient ou cette commande, ou pas dans cette équipe.",
        "Vérifiez l’id dans la fonction ; il doit être de l’équipe et de l’environnement du lancement."
    }
    JunctionConflict {
        "Junction's records contradict this launch: a conflict without details, another member or team than the launch's, or a member's teams that keep changing.",
        "Look at the member and the team at Junction; another client may be writing there.";
        "Les données de Junction contredisent ce lancement\u{a0}: un conflit sans détail, un autre membre ou une autre équipe que ceux du lancement, ou des équipes d’un membre qui changent sans cesse.",
        "Voyez le membre et l’équipe chez Junction\u{a0}; un autre client y écrit peut-être."
    }
    Internal {
        "The gateway has a bug.",
        "Report it with the request id.";
        "La passerelle a un bogue.",
        "Signalez-le avec l’id de la requête."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_something_of_its_own_in_both_languages() {
        for code in Code::ALL {
            let (english, french) = (code.guidance(Language::English), code.guidance(Language::French));
            for text in [english.meaning, english.action, french.meaning, french.action] {
                assert!(text.ends_with('.') && text.trim() == text, "{code:?}: {text:?}");
            }
            assert_ne!(english, french, "{code:?}");
        }
    }
}
