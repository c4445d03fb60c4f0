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
        "There are two user headers, so it is unclear who is acting.",
        "Send x-integration-user once.";
        "Il y a deux en-têtes d’utilisateur : on ne sait pas qui agit.",
        "Envoyez x-integration-user une seule fois."
    }
    HeaderTooLarge {
        "The user header exceeds 4 KiB.",
        "Send only Empego's six fields.";
        "L’en-tête d’utilisateur dépasse 4 Kio.",
        "Envoyez seulement les six champs d’Empego."
    }
    HeaderNotBase64 {
        "The user header is empty, or not base64 in the standard alphabet.",
        "Encode the JSON with standard base64, or leave the header out.";
        "L’en-tête d’utilisateur est vide, ou n’est pas du base64 dans l’alphabet standard.",
        "Encodez le JSON en base64 standard, ou omettez l’en-tête."
    }
    HeaderNotUtf8 {
        "The decoded bytes are not UTF-8; usually, a browser's btoa turned an accent into Latin-1.",
        "Encode the text as UTF-8 first (TextEncoder), then as base64.";
        "Les octets décodés ne sont pas de l’UTF-8 ; le plus souvent, la fonction btoa du navigateur a converti un accent en Latin-1.",
        "Encodez d’abord le texte en UTF-8 (TextEncoder), puis en base64."
    }
    HeaderNotJson {
        "The decoded header is not JSON.",
        "Encode a JSON object.";
        "L’en-tête décodé n’est pas du JSON.",
        "Encodez un objet JSON."
    }
    HeaderSchema {
        "The header contains JSON, but not a valid clinician. All fields with errors are listed.",
        "Correct the listed fields.";
        "L’en-tête contient du JSON, mais pas un clinicien valide. Tous les champs erronés sont énumérés.",
        "Corrigez les champs énumérés."
    }
    UserFieldsMissing {
        "The intent, or a new member at Junction, needs first name, last name and e-mail, and at least one is missing.",
        "Send the complete profile, or the intent existing if the user is known to exist.";
        "L’intention, ou un nouveau membre chez Junction, exige un prénom, un nom et un courriel, et il en manque au moins un.",
        "Envoyez le profil complet, ou l’intention existing si vous savez que l’utilisateur existe."
    }
    InvalidRequest {
        "The body, the query or a header breaks a rule. All fields with errors are listed.",
        "Correct the listed fields.";
        "Le corps, les paramètres ou un en-tête enfreignent une règle. Tous les champs erronés sont énumérés.",
        "Corrigez les champs énumérés."
    }
    IdentityRequired {
        "No clinician was given, and this intent requires one.",
        "Send the clinician, or the intent owner if the key's owner is meant.";
        "Aucun clinicien n’a été envoyé, et cette intention en exige un.",
        "Envoyez le clinicien, ou l’intention owner s’il s’agit du propriétaire de la clé."
    }
    IntentRequired {
        "A userId was sent alone, and the tenant's policy allows no clones: that is safe only for a user who exists.",
        "Send the intent existing if the user exists; otherwise send the complete profile.";
        "Un userId a été envoyé seul, et la politique du locataire interdit les clones : c’est sans risque seulement pour un utilisateur existant.",
        "Envoyez l’intention existing si l’utilisateur existe ; sinon, envoyez le profil complet."
    }
    UserUnknown {
        "A userId was sent alone, and this user was never launched with a complete profile. If the id is mistyped or new, Empego would create a clone of the API key's owner under it.",
        "Check the id, or send the complete profile once; users who exist already can be imported with known import.";
        "Un userId a été envoyé seul, et cet utilisateur n’a jamais été lancé avec un profil complet. Si l’identifiant est erroné ou nouveau, Empego créerait sous ce nom un clone du propriétaire de la clé API.",
        "Vérifiez l’identifiant, ou envoyez une fois le profil complet ; known import ajoute les utilisateurs qui existent déjà."
    }
    IntentConflict {
        "The intent and the clinician contradict each other.",
        "For owner, leave out the clinician; for clone, send only userId.";
        "L’intention et le clinicien se contredisent.",
        "Pour owner, omettez le clinicien ; pour clone, envoyez le userId seul."
    }
    ReservedHeader {
        "A header was sent that only the gateway may send, or a look-alike written with an underscore.",
        "Leave it out; check what a proxy in front adds.";
        "Un en-tête que seule la passerelle peut envoyer a été reçu, ou un en-tête d’apparence semblable écrit avec un trait de soulignement.",
        "Omettez-le ; vérifiez ce qu’ajoute un serveur mandataire en amont."
    }
    ClinicianNotAccepted {
        "This host takes the clinician from the token, but the request contains one too.",
        "Leave the clinician out of the request.";
        "Pour cet hôte, le clinicien provient du jeton, mais la requête en contient un aussi.",
        "Retirez le clinicien de la requête."
    }
    BadTarget {
        "The request target contains a fragment, escapes plain letters, or is a URL of another host.",
        "Escape # as %23, leave plain letters unescaped, and call the gateway by its own name.";
        "La cible de la requête contient un fragment, encode des lettres ordinaires ou vise un autre hôte.",
        "Encodez # en %23, laissez les lettres telles quelles et appelez la passerelle par son propre nom."
    }
    HostUnauthenticated {
        "There is no valid credential, or more than one.",
        "Send one host key or one token that is still valid.";
        "Aucune information d’authentification valide, ou plus d’une.",
        "Envoyez une seule clé d’hôte ou un seul jeton encore valide."
    }
    OriginDenied {
        "The request comes from a browser origin that the host does not list, or a browser sent a host key.",
        "Keep host keys on a server; list the origin of a token host in origins.";
        "La requête vient d’une origine de navigateur qui ne figure pas dans la liste de l’hôte, ou un navigateur a envoyé une clé d’hôte.",
        "Gardez les clés d’hôte sur un serveur ; ajoutez l’origine d’un hôte à jetons dans origins."
    }
    EndpointDenied {
        "The tenant was not granted this endpoint.",
        "Add it to the tenant's endpoints if its users should have it.";
        "Ce point d’accès n’est pas accordé au locataire.",
        "Ajoutez-le aux endpoints du locataire si ses utilisateurs doivent y avoir accès."
    }
    IntentDenied {
        "The host may not send this intent.",
        "Add it to the host's intents if the host can vouch for it.";
        "L’hôte ne peut pas envoyer cette intention.",
        "Ajoutez-la aux intents de l’hôte s’il peut s’en porter garant."
    }
    OwnerSessionDenied {
        "No clinician was given, and the tenant does not allow sessions as the key's owner.",
        "Send the clinician, or set owner_session to allow.";
        "Aucun clinicien n’a été envoyé, et le locataire n’autorise pas les sessions du propriétaire de la clé.",
        "Envoyez le clinicien, ou réglez owner_session à allow."
    }
    OwnerCloneDenied {
        "A clone of the key's owner was requested, and the tenant does not allow that.",
        "Send the complete profile, or set owner_clone to allow.";
        "Un clone du propriétaire de la clé a été demandé, et le locataire ne l’autorise pas.",
        "Envoyez le profil complet, ou réglez owner_clone à allow."
    }
    PatientDenied {
        "The token is bound to another patient, or to none.",
        "Launch for the token's patient; for views that are not about one patient, see unbound_endpoints and unbound_junction.";
        "Le jeton est lié à un autre patient, ou à aucun.",
        "Lancez pour le patient du jeton ; pour les vues qui ne concernent pas un seul patient, consultez unbound_endpoints et unbound_junction."
    }
    ClaimUnusable {
        "A claim in the token cannot be used, for example an unverified e-mail address.",
        "Correct the listed claims at the identity provider.";
        "Une information du jeton est inutilisable, par exemple un courriel non vérifié.",
        "Corrigez les informations énumérées chez le fournisseur d’identité."
    }
    FeatureDenied {
        "The tenant was not granted this Junction feature, modality or environment, or does not use Junction.",
        "Add it to junction.features or junction.modalities if the tenant's users should have it.";
        "Le locataire n’a pas accès à cette fonctionnalité, à cette modalité ou à cet environnement de Junction, ou n’utilise pas Junction.",
        "Ajoutez-la à junction.features ou à junction.modalities si les utilisateurs du locataire doivent y avoir accès."
    }
    TeamDenied {
        "The launch is for a different team than the tenant's or the token's, for a team that may not be created, or for one that the member is not in and may not be added to.",
        "Leave the team out, or send the right one; create_team allows new teams.";
        "Le lancement vise une autre équipe que celle du locataire ou du jeton, une équipe qui ne peut pas être créée, ou une équipe dont le membre ne fait pas partie et à laquelle il ne peut pas être ajouté.",
        "Omettez l’équipe, ou envoyez la bonne ; create_team permet d’en créer de nouvelles."
    }
    SessionRequired {
        "Junction sent a browser that has no session confirmed by the host.",
        "Sign in to the EHR again; its cookie must be SameSite=None and Secure, and reach the gateway.";
        "Junction a envoyé un navigateur qui n’a aucune session confirmée par l’hôte.",
        "Reconnectez-vous au DME ; son témoin doit être SameSite=None et Secure, et parvenir à la passerelle."
    }
    SessionMismatch {
        "Junction sent a browser for a different clinician or team than its session's, or with the id of a member that does not exist at Junction.",
        "Open the view again from the EHR, as the signed-in clinician.";
        "Junction a envoyé un navigateur pour un autre clinicien ou une autre équipe que ceux de sa session, ou avec l’identifiant d’un membre qui n’existe pas chez Junction.",
        "Rouvrez la vue à partir du DME, en étant connecté comme ce clinicien."
    }
    ConfirmationRequired {
        "Junction sent a browser for a team, a clinician or a patient that it does not know yet, and the person has not confirmed.",
        "If you opened the view yourself, click the button on the page: that creates what is missing.";
        "Junction a envoyé un navigateur pour une équipe, un clinicien ou un patient qu’elle ne connaît pas encore, et la personne n’a pas confirmé.",
        "Si vous avez vous-même ouvert la vue, cliquez sur le bouton de la page : ce qui manque sera créé."
    }
    ContinuationLoop {
        "A clinician's session was continued too many times in a short period.",
        "Wait; then check that Junction knows the page's origin, and that the frame lets the referrer through.";
        "La session d’un clinicien a été prolongée trop souvent en peu de temps.",
        "Attendez, puis vérifiez que Junction connaît l’origine de la page et que le cadre laisse passer l’adresse d’origine (Referer)."
    }
    TicketSpent {
        "The ticket in the URL opened its view already, is more than 30 seconds old, or was not issued by a gateway that shares its keys with this one. The response does not show which.",
        "Launch again, and show the new URL at once. If every ticket fails, look up the reason in the log: with several gateways, all need the same [tickets] key_files.";
        "Le billet de l’adresse a déjà ouvert sa vue, date de plus de 30 secondes, ou ne vient pas d’une passerelle qui partage ses clés avec celle-ci. La réponse n’indique pas lequel de ces cas s’applique.",
        "Lancez de nouveau, et affichez aussitôt la nouvelle adresse. Si tous les billets échouent, cherchez la raison dans le journal : quand il y a plusieurs passerelles, toutes ont besoin des mêmes key_files de [tickets]."
    }
    NotFound {
        "This path does not exist.",
        "Compare the path with openapi.yaml.";
        "Ce chemin n’existe pas.",
        "Comparez le chemin à openapi.yaml."
    }
    MethodNotAllowed {
        "The path exists, but not with this method. HEAD never launches.",
        "Use a method from the response's Allow header.";
        "Le chemin existe, mais pas avec cette méthode. HEAD n’effectue jamais de lancement.",
        "Utilisez une méthode de l’en-tête Allow de la réponse."
    }
    RequestTimeout {
        "The body arrived too slowly.",
        "Send the body at once; check the network in between.";
        "Le corps est arrivé trop lentement.",
        "Envoyez le corps d’un seul coup ; vérifiez le réseau intermédiaire."
    }
    PayloadTooLarge {
        "The body exceeds 16 KiB.",
        "Send only what the launch needs.";
        "Le corps dépasse 16 Kio.",
        "Envoyez seulement ce qui est nécessaire au lancement."
    }
    UnsupportedMediaType {
        "The body is not declared as JSON.",
        "Send Content-Type: application/json.";
        "Le corps n’est pas déclaré comme du JSON.",
        "Envoyez Content-Type: application/json."
    }
    RateLimited {
        "Too many launches by this tenant, host or clinician, or too many failed authentications.",
        "Wait for Retry-After, then retry; look for a loop in the front end.";
        "Trop de lancements par ce locataire, cet hôte ou ce clinicien, ou trop d’échecs d’authentification.",
        "Réessayez après le délai Retry-After ; cherchez une boucle dans l’application frontale."
    }
    UpstreamHeaderRejected {
        "Empego refused the user header that the gateway sent.",
        "Report it to Empego with the request id: its rules may have changed.";
        "Empego a refusé l’en-tête d’utilisateur envoyé par la passerelle.",
        "Signalez-le à Empego avec l’id de la requête : ses règles ont peut-être changé."
    }
    UpstreamUserFieldsMissing {
        "Empego does not know the user, and fields needed to create one are missing.",
        "Send the listed fields.";
        "Empego ne connaît pas l’utilisateur, et il manque des champs pour le créer.",
        "Envoyez les champs énumérés."
    }
    UpstreamAuthenticationFailed {
        "Empego or Junction does not accept the tenant's key. Empego responds the same way if it could not create a session.",
        "Check the tenant's API key or management key; if it is correct, contact Empego with the time and the request id.";
        "Empego ou Junction n’accepte pas la clé du locataire. Empego répond de même s’il n’a pas pu créer de session.",
        "Vérifiez la clé API ou la clé de gestion du locataire ; si elle est bonne, communiquez avec Empego en indiquant l’heure et l’id de la requête."
    }
    UpstreamRejected {
        "Empego or Junction refused the request. The status is theirs, and fields that Junction names are listed.",
        "Check the keys in the parameters, or the listed fields; a host with explain = true also gets the upstream's message.";
        "Empego ou Junction a refusé la requête. Le statut est le sien, et les champs nommés par Junction sont énumérés.",
        "Vérifiez les clés dans les paramètres, ou les champs énumérés ; un hôte avec explain = true reçoit aussi le message du service en amont."
    }
    UpstreamError {
        "Empego or Junction responded with an error, or with a redirect, which is never followed.",
        "Try again later; check the upstream's status page.";
        "Empego ou Junction a répondu par une erreur, ou par une redirection, qui n’est jamais suivie.",
        "Réessayez plus tard ; consultez la page d’état du service."
    }
    UpstreamBadBody {
        "The response from Empego or Junction does not contain what was requested: it is empty, too large, a web page or a sentence, or has a different success status.",
        "Check base_url, management_url and api_url: another server may be responding there.";
        "La réponse d’Empego ou de Junction ne contient pas ce qui était demandé : elle est vide, trop longue, c’est une page Web ou une phrase, ou son statut est un autre statut de succès.",
        "Vérifiez base_url, management_url et api_url : un autre serveur y répond peut-être."
    }
    UpstreamBadUrl {
        "The URL in the response breaks a rule, such as a host that is not listed. It is not passed on.",
        "If the host belongs to Empego or Junction, add it to embed_hosts.";
        "L’URL de la réponse enfreint une règle, par exemple son hôte ne figure pas dans la liste. Elle n’est pas transmise.",
        "Si l’hôte appartient à Empego ou à Junction, ajoutez-le à embed_hosts."
    }
    UpstreamUnreachable {
        "The connection to Empego or Junction failed or broke. Retry only if nothing was sent.",
        "Check the network to the upstream; the log names the cause.";
        "La connexion à Empego ou à Junction a échoué ou a été interrompue. Ne réessayez que si rien n’a été envoyé.",
        "Vérifiez le réseau vers le service ; le journal indique la cause."
    }
    UpstreamBusy {
        "Empego or Junction is busy (429 or 503).",
        "Wait for Retry-After, then retry.";
        "Empego ou Junction est occupé (429 ou 503).",
        "Réessayez après le délai Retry-After."
    }
    Overloaded {
        "Too many launches are in flight.",
        "Wait for Retry-After, then retry; if this persists, see max_in_flight.";
        "Trop de lancements sont en cours.",
        "Réessayez après le délai Retry-After ; si le problème persiste, consultez max_in_flight."
    }
    AuditUnavailable {
        "The audit trail cannot be written, or this request's record was not on the disk in time. No URL was returned.",
        "Wait for Retry-After, then retry; if this persists, /readyz and the log say what is wrong with the trail.";
        "Le journal d’audit ne peut pas être écrit, ou l’enregistrement de cette requête n’a pas été conservé à temps. Aucune URL n’a été renvoyée.",
        "Réessayez après le délai Retry-After ; si le problème persiste, /readyz et le journal indiquent ce qui ne va pas."
    }
    IdentityProviderUnavailable {
        "The token cannot be verified, because the keys of its issuer could not be fetched. The token itself may be valid.",
        "Wait for Retry-After, then retry; if this persists, check that the gateway can reach the identity provider.";
        "Le jeton ne peut pas être vérifié : les clés de son émetteur n’ont pas pu être obtenues. Le jeton lui-même est peut-être valide.",
        "Réessayez après le délai Retry-After ; si le problème persiste, vérifiez que la passerelle joint le fournisseur d’identité."
    }
    StoreUnavailable {
        "The launch depends on what the gateway has stored, and its store did not respond in time.",
        "Wait for Retry-After, then retry; if this persists, see the gateway's log: the disk may be full, or the database unreachable.";
        "Le lancement dépend de ce que la passerelle a enregistré, et sa base n’a pas répondu à temps.",
        "Réessayez après le délai Retry-After ; si le problème persiste, consultez le journal de la passerelle : le disque est peut-être plein, ou la base de données injoignable."
    }
    UpstreamCircuitOpen {
        "Empego, or one of Junction's two APIs, failed too often in the last few seconds, so calls to it are paused.",
        "Wait for Retry-After, then retry; the log entries of the launches before it say why.";
        "Empego, ou l’une des deux API de Junction, a échoué trop souvent dans les dernières secondes : les appels sont suspendus.",
        "Réessayez après le délai Retry-After ; les entrées de journal des lancements précédents indiquent pourquoi."
    }
    UpstreamConnectTimeout {
        "Empego or Junction did not accept a connection in time. Nothing was sent.",
        "Try again; check the network to the upstream.";
        "Empego ou Junction n’a pas accepté de connexion à temps. Rien n’a été envoyé.",
        "Réessayez ; vérifiez le réseau vers le service."
    }
    UpstreamTimeout {
        "Empego or Junction did not respond in time. It may still have carried out the request.",
        "Check whether the user exists before launching with the intent new. At Junction, the gateway finds what was already created.";
        "Empego ou Junction n’a pas répondu à temps. La requête a peut-être été exécutée quand même.",
        "Vérifiez si l’utilisateur existe avant de lancer avec l’intention new. Chez Junction, la passerelle retrouve ce qui a déjà été créé."
    }
    JunctionForbidden {
        "The management key lacks permission for this at Junction, or the member may not act for the team.",
        "Check the key's role, and whether the member was removed from the team at Junction.";
        "La clé de gestion n’a pas cette autorisation chez Junction, ou le membre ne peut pas agir pour l’équipe.",
        "Vérifiez le rôle de la clé, et si le membre a été retiré de l’équipe chez Junction."
    }
    JunctionNotFound {
        "Junction has no such team, member, patient or order, or has it in another team.",
        "Check the id in the feature; it must belong to the launch's team and environment.";
        "Junction n’a pas cette équipe, ce membre, ce patient ou cette demande d’analyse, ou l’a dans une autre équipe.",
        "Vérifiez l’id dans la fonctionnalité ; il doit appartenir à l’équipe et à l’environnement du lancement."
    }
    JunctionConflict {
        "Junction's records contradict the launch: they name a different member or team, or nothing to continue with.",
        "Check the member and the team at Junction; another program may be changing them.";
        "Les données de Junction contredisent le lancement : elles désignent un autre membre ou une autre équipe, ou rien qui permette de continuer.",
        "Vérifiez le membre et l’équipe chez Junction ; un autre programme les modifie peut-être."
    }
    IdempotencyKeyRequired {
        "The order came without an Idempotency-Key header, so a repeated request could place a second order.",
        "Send a header Idempotency-Key with a value of your own for each order, and the same value when you send that order again.";
        "La commande est arrivée sans en-tête Idempotency-Key : répétée, elle pourrait créer une seconde commande.",
        "Envoyez un en-tête Idempotency-Key avec une valeur propre à chaque commande, et la même valeur si vous renvoyez cette commande."
    }
    IdempotencyConflict {
        "This Idempotency-Key was used for an order with another body.",
        "Choose a new key for a changed order; send an unchanged order again with its own key.";
        "Cette valeur d’Idempotency-Key a servi à une commande dont le corps était différent.",
        "Choisissez une nouvelle valeur pour une commande modifiée ; renvoyez une commande inchangée avec sa propre valeur."
    }
    NameNotOrderable {
        "A name has characters that requisitions do not accept, such as accents, a typographic apostrophe or two spaces.",
        "Ask how the name is written on the patient's identity document, and send it without these characters; the gateway changes no name by itself.";
        "Un nom contient des caractères que les demandes d’analyse n’acceptent pas : accents, apostrophe typographique ou deux espaces de suite.",
        "Demandez comment le nom figure sur la pièce d’identité et envoyez-le sans ces caractères ; la passerelle ne modifie jamais un nom."
    }
    AddressIncomplete {
        "The address has no house number, or is a post office box.",
        "Send the street address where the patient will be.";
        "L’adresse n’a pas de numéro, ou c’est une boîte postale.",
        "Envoyez l’adresse où le patient se trouvera."
    }
    PatientIsMinor {
        "The patient is under 18 on the day of the visit.",
        "Order another way of collection: phlebotomists visit no minors, even with a proxy.";
        "Le patient aura moins de 18 ans le jour de la visite.",
        "Choisissez un autre mode de prélèvement : les préleveurs ne se rendent pas chez les mineurs, même accompagnés."
    }
    AreaNotServed {
        "No phlebotomist visits patients at this ZIP code, or not in the way that was asked for.",
        "Ask for the coverage of the ZIP code, and choose from what it lists.";
        "Aucun préleveur ne se déplace à ce code postal, ou pas de la manière demandée.",
        "Demandez la couverture du code postal et choisissez parmi ce qu’elle indique."
    }
    RequisitionPending {
        "The laboratory has not made the requisition yet.",
        "Wait for the event that says so, or read the order again later.";
        "Le laboratoire n’a pas encore établi la demande d’analyse.",
        "Attendez l’événement qui l’annonce, ou relisez la commande plus tard."
    }
    VisitActive {
        "The patient has an active visit, and may have one at a time.",
        "Reschedule or cancel that visit.";
        "Le patient a déjà une visite en cours, et il ne peut en avoir qu’une.",
        "Reportez ou annulez cette visite."
    }
    NotReschedulable {
        "The time of this visit cannot be changed, or there is no visit.",
        "Read the order: its actions say what is possible. Cancel the visit and arrange a new one if need be.";
        "L’heure de cette visite ne peut pas être changée, ou il n’y a pas de visite.",
        "Relisez la commande : ses actions indiquent ce qui est possible. Au besoin, annulez la visite et prenez-en une autre."
    }
    NotCancellable {
        "The order or visit is too far along to be cancelled, or there is no visit.",
        "Read the order: its actions say what is possible.";
        "La commande ou la visite est trop avancée pour être annulée, ou il n’y a pas de visite.",
        "Relisez la commande : ses actions indiquent ce qui est possible."
    }
    LateCancellation {
        "The visit begins in less than 24 hours, so its cancellation is not refunded.",
        "Ask the clinician, and send acceptLateFee if they agree.";
        "La visite commence dans moins de 24 heures : son annulation ne sera pas remboursée.",
        "Demandez l’accord du clinicien, puis envoyez acceptLateFee."
    }
    SlotExpired {
        "The slot was offered for a limited time, which has passed.",
        "Get the slots again and choose one.";
        "Le créneau n’était proposé que pour un temps limité, qui est écoulé.",
        "Redemandez les créneaux et choisissez-en un."
    }
    SlotTaken {
        "Another patient got the slot first.",
        "Get the slots again and choose another.";
        "Un autre patient a pris ce créneau entre-temps.",
        "Redemandez les créneaux et choisissez-en un autre."
    }
    SlotForeign {
        "The slot was given out for another order, patient or address, or not by this gateway.",
        "Get the slots of this order and send one of them unchanged.";
        "Le créneau concerne une autre commande, un autre patient ou une autre adresse, ou ne vient pas de cette passerelle.",
        "Demandez les créneaux de cette commande et envoyez-en un sans le modifier."
    }
    ResultsNotReady {
        "The order is known, but it has no results or no PDF yet.",
        "Wait for the event that says so, or ask again later.";
        "La commande est connue, mais elle n’a pas encore de résultats ou de PDF.",
        "Attendez l’événement qui l’annonce, ou redemandez plus tard."
    }
    OutcomeUnknown {
        "Junction did not respond as it should, and what was read afterwards does not show whether it was done.",
        "Send the same request again: the gateway looks first whether it was done.";
        "Junction n’a pas répondu comme prévu, et ce qui a été lu ensuite ne montre pas si l’opération a eu lieu.",
        "Renvoyez la même demande : la passerelle vérifie d’abord si l’opération a eu lieu."
    }
    WebhookUnverified {
        "An event does not prove that it is Junction's and of this moment.",
        "If Junction's events are refused, compare the endpoint's secret with webhooks check, and the machine's clock with the time.";
        "Un événement ne prouve pas qu’il vient de Junction ni qu’il est récent.",
        "Si les événements de Junction sont refusés, comparez le secret avec webhooks check, et l’horloge de la machine avec l’heure exacte."
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
