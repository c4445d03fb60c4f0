//! Everything that is wrong with a request about an order, found before any of it is reported.

use crate::{
    fault::{Fault, FieldErrors},
    reason::Reason,
    refusal::Refusal,
};

/// Errors of all kinds, each at its place.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// All of them. What is added here directly is an error of form.
    pub(super) errors: FieldErrors,
    of_rules: Vec<Rule>,
    /// How many of `errors` break a rule and not the form.
    broken_rules: usize,
}

/// A rule about a value that is well-formed, in the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Names are as requisitions can have them.
    Name,
    /// A phlebotomist finds the address.
    Address,
    /// The patient is an adult.
    Adult,
}

impl Findings {
    /// Goes on with errors of form that were found before.
    pub(super) fn after(errors: FieldErrors) -> Self {
        Self {
            errors,
            ..Self::default()
        }
    }

    /// Notes that a rule is broken here.
    pub(super) fn breaks(&mut self, rule: Rule, place: impl Into<String>, fault: Fault) {
        let before = self.errors.len();
        self.errors.add(place, fault);
        self.broken_rules += self.errors.len() - before;
        self.of_rules.push(rule);
    }

    /// What is reported, with all errors, if there is any. While the form is wrong, only that is certain.
    pub(super) fn refusal(self) -> Result<(), Refusal> {
        let is_malformed = self.errors.len() > self.broken_rules;
        let reason = if is_malformed {
            Some(Reason::FieldsAtFault)
        } else {
            self.of_rules.iter().min().map(|rule| match rule {
                Rule::Name => Reason::NameNotForRequisition,
                Rule::Address => Reason::AddressNotComplete,
                Rule::Adult => Reason::PatientUnder18,
            })
        };
        reason.map_or(Ok(()), |reason| Err(Refusal::new(reason).naming(self.errors)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_comes_first_then_names_then_address_then_age() {
        let all = [Rule::Adult, Rule::Address, Rule::Name];
        let rows: &[(&[Rule], bool, Option<Reason>, &str)] = &[
            (&[], false, None, "nothing"),
            (&all, true, Some(Reason::FieldsAtFault), "everything"),
            (&all, false, Some(Reason::NameNotForRequisition), "every rule"),
            (&all[..2], false, Some(Reason::AddressNotComplete), "age and address"),
            (&all[..1], false, Some(Reason::PatientUnder18), "age"),
        ];
        for (rules, is_malformed, expected, reason) in rows {
            let mut findings = Findings::default();
            for (at, rule) in rules.iter().enumerate() {
                findings.breaks(*rule, format!("/{at}"), Fault::NotAccepted("no"));
            }
            if *is_malformed {
                findings.errors.add("/x", Fault::Required);
            }
            let refusal = findings.refusal().err();
            assert_eq!(refusal.as_ref().map(|refusal| refusal.reason), *expected, "{reason}");
            let named = refusal.map_or(0, |refusal| refusal.errors.len());
            assert_eq!(named, rules.len() + usize::from(*is_malformed), "{reason}");
        }
    }
}
