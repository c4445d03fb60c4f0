//! The small vocabularies of an order, each written as Junction writes it.

use crate::fault::Fault;

/// Writes enums from rows of a variant and its word.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $values:literal { $($variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { $($variant,)+ }

        impl $name {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As Junction spells it.
            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Reads Junction's spelling.
            pub(super) fn parse(text: String) -> Result<Self, Fault> {
                match text.as_str() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Fault::BadValue($values)),
                }
            }
        }

        #[cfg(test)]
        impl Word for $name {
            const VALUES: &str = $values;

            fn all() -> Vec<&'static str> {
                Self::ALL.iter().map(|one| one.as_str()).collect()
            }
        }
    )+};
}

words! {
    /// A patient's gender.
    Gender, "female, male, other, unknown" {
        Female = "female",
        Male = "male",
        Other = "other",
        Unknown = "unknown",
    }

    /// Who pays.
    Billing, "client_bill, commercial_insurance, patient_bill_passthrough, patient_bill" {
        Client = "client_bill",
        CommercialInsurance = "commercial_insurance",
        PatientPassthrough = "patient_bill_passthrough",
        Patient = "patient_bill",
    }

    /// To what a patient consented.
    ConsentType, "terms-of-use, telehealth-informed-consent, mobile-terms-and-conditions, notice-of-privacy-practices, privacy-policy, hipaa-authorization" {
        TermsOfUse = "terms-of-use",
        Telehealth = "telehealth-informed-consent",
        MobileTerms = "mobile-terms-and-conditions",
        PrivacyPractices = "notice-of-privacy-practices",
        PrivacyPolicy = "privacy-policy",
        Hipaa = "hipaa-authorization",
    }

    /// A patient's race.
    Race, "african_american_or_black, asian, indigenous_native_american_alaska_native, other, pacific_islander_or_hawaiian, white_caucasian" {
        Black = "african_american_or_black",
        Asian = "asian",
        Indigenous = "indigenous_native_american_alaska_native",
        Other = "other",
        PacificIslander = "pacific_islander_or_hawaiian",
        White = "white_caucasian",
    }

    /// A patient's ethnicity.
    Ethnicity, "hispanic, non_hispanic, ashkenazi_jewish, other" {
        Hispanic = "hispanic",
        NonHispanic = "non_hispanic",
        AshkenaziJewish = "ashkenazi_jewish",
        Other = "other",
    }

    /// A patient's sexual orientation.
    SexualOrientation, "lesbian_gay_or_homosexual, heterosexual_or_straight, bisexual, dont_know, other" {
        Homosexual = "lesbian_gay_or_homosexual",
        Heterosexual = "heterosexual_or_straight",
        Bisexual = "bisexual",
        DoNotKnow = "dont_know",
        Other = "other",
    }

    /// A patient's gender identity.
    GenderIdentity, "male, female, female_to_male_ftm_transgender_male_trans_man, male_to_female_mtf_transgender_female_trans_woman, genderqueer, other" {
        Male = "male",
        Female = "female",
        TransMan = "female_to_male_ftm_transgender_male_trans_man",
        TransWoman = "male_to_female_mtf_transgender_female_trans_woman",
        Genderqueer = "genderqueer",
        Other = "other",
    }
}

/// What the tests ask of every vocabulary.
#[cfg(test)]
trait Word {
    const VALUES: &str;

    fn all() -> Vec<&'static str>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Word>(read: impl Fn(String) -> Option<&'static str>) {
        assert_eq!(T::VALUES, T::all().join(", "));
        for word in T::all() {
            assert_eq!(read(word.to_owned()), Some(word));
            assert_eq!(read(word.to_uppercase()), None);
        }
        assert_eq!(read(String::new()), None);
    }

    #[test]
    fn each_word_is_read_as_it_is_written_and_no_other_is() {
        check::<Gender>(|text| Gender::parse(text).ok().map(Gender::as_str));
        check::<Billing>(|text| Billing::parse(text).ok().map(Billing::as_str));
        check::<ConsentType>(|text| ConsentType::parse(text).ok().map(ConsentType::as_str));
        check::<Race>(|text| Race::parse(text).ok().map(Race::as_str));
        check::<Ethnicity>(|text| Ethnicity::parse(text).ok().map(Ethnicity::as_str));
        check::<SexualOrientation>(|text| SexualOrientation::parse(text).ok().map(SexualOrientation::as_str));
        check::<GenderIdentity>(|text| GenderIdentity::parse(text).ok().map(GenderIdentity::as_str));
    }
}
