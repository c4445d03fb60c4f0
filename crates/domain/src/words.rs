//! Small vocabularies: enums whose variants are words of Junction's, of the configuration or of the gateway's own.

/// Writes enums from rows of a variant and its word. A word is read in no other spelling.
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $vis:vis $name:ident {
            $(#[$first_doc:meta])*
            $first:ident = $first_word:literal,
            $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)*
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $vis enum $name { $(#[$first_doc])* $first, $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them.
            $vis const ALL: &[Self] = &[Self::$first, $(Self::$variant,)*];

            /// Their words, for people.
            $vis const VALUES: &str = concat!($first_word, $(", ", $word,)*);

            /// Its word.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $(Self::$variant => $word,)*
                }
            }

            /// Reads its word, in exactly this spelling.
            #[must_use]
            $vis fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }

            /// The same of a field's value.
            ///
            /// # Errors
            /// A fault that lists the words.
            $vis fn read(text: String) -> Result<Self, $crate::fault::Fault> {
                Self::parse(&text).ok_or($crate::fault::Fault::BadValue(Self::VALUES))
            }
        }
    )+};
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::fault::Fault;

    words! {
        /// A vocabulary.
        Colour {
            Red = "red",
            Green = "sea_green",
        }
    }

    #[test]
    fn each_word_is_read_as_it_is_written_and_no_other_is() {
        assert_eq!(Colour::VALUES, "red, sea_green");
        for colour in Colour::ALL.iter().copied() {
            assert_eq!(Colour::read(colour.as_str().to_owned()), Ok(colour));
        }
        for other in ["", "Red", " red", "red, sea_green"] {
            assert_eq!(Colour::parse(other), None);
            assert_eq!(Colour::read(other.to_owned()), Err(Fault::BadValue("red, sea_green")));
        }
    }
}
