//! The small vocabularies of an order, each written as Junction writes it.

use crate::words::words;

words! {
    /// A patient's gender.
    pub(super) Gender {
        Female = "female",
        Male = "male",
        Other = "other",
        Unknown = "unknown",
    }

    /// Who pays.
    pub(super) Billing {
        Client = "client_bill",
        CommercialInsurance = "commercial_insurance",
        PatientPassthrough = "patient_bill_passthrough",
        Patient = "patient_bill",
    }

    /// To what a patient consented.
    pub(super) ConsentType {
        TermsOfUse = "terms-of-use",
        Telehealth = "telehealth-informed-consent",
        MobileTerms = "mobile-terms-and-conditions",
        PrivacyPractices = "notice-of-privacy-practices",
        PrivacyPolicy = "privacy-policy",
        Hipaa = "hipaa-authorization",
    }

    /// A patient's race.
    pub(super) Race {
        Black = "african_american_or_black",
        Asian = "asian",
        Indigenous = "indigenous_native_american_alaska_native",
        Other = "other",
        PacificIslander = "pacific_islander_or_hawaiian",
        White = "white_caucasian",
    }

    /// A patient's ethnicity.
    pub(super) Ethnicity {
        Hispanic = "hispanic",
        NonHispanic = "non_hispanic",
        AshkenaziJewish = "ashkenazi_jewish",
        Other = "other",
    }

    /// A patient's sexual orientation.
    pub(super) SexualOrientation {
        Homosexual = "lesbian_gay_or_homosexual",
        Heterosexual = "heterosexual_or_straight",
        Bisexual = "bisexual",
        DoNotKnow = "dont_know",
        Other = "other",
    }

    /// A patient's gender identity.
    pub(super) GenderIdentity {
        Male = "male",
        Female = "female",
        TransMan = "female_to_male_ftm_transgender_male_trans_man",
        TransWoman = "male_to_female_mtf_transgender_female_trans_woman",
        Genderqueer = "genderqueer",
        Other = "other",
    }
}
