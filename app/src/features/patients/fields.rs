//! The fields of a patient's form, as a browser sends them.

use serde::{Deserialize, Serialize};

/// Guardians the form has room for.
#[cfg(feature = "ssr")]
pub const GUARDIANS: usize = 3;

/// Everything is text here, so that nothing that was typed is lost before it can be explained.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PatientForm {
    pub name: String,
    pub phone: String,
    pub email: String,
    pub shared_email: String,
    pub language: String,
    pub date_of_birth: String,
    pub gender: String,
    pub occupation: String,
    pub city: String,
    pub address: String,
    pub referral_source: String,
    pub emergency_name: String,
    pub emergency_phone: String,
    pub tags: String,
    pub trust_level: String,
    pub version: String,
    pub g1_name: String,
    pub g1_relationship: String,
    pub g1_phone: String,
    pub g1_email: String,
    pub g2_name: String,
    pub g2_relationship: String,
    pub g2_phone: String,
    pub g2_email: String,
    pub g3_name: String,
    pub g3_relationship: String,
    pub g3_phone: String,
    pub g3_email: String,
}

#[cfg(feature = "ssr")]
mod ssr {
    use super::PatientForm;
    use crate::layouts::practice::read;
    use contracts::patients::{Guardian, SaveGuardian, SavePatient, TrustLevel};
    use contracts::{FieldProblem, Lang};

    impl PatientForm {
        /// What was typed; `others` are guardians the form had no room for.
        ///
        /// # Errors
        /// A field error for a date that is none.
        pub fn read(self, others: Vec<Guardian>) -> services::Result<SavePatient> {
            let date_of_birth = match self.date_of_birth.trim() {
                "" => None,
                text => Some(read::value("date_of_birth", text, FieldProblem::InvalidDate)?),
            };
            let typed = [
                (self.g1_name, self.g1_relationship, self.g1_phone, self.g1_email),
                (self.g2_name, self.g2_relationship, self.g2_phone, self.g2_email),
                (self.g3_name, self.g3_relationship, self.g3_phone, self.g3_email),
            ];
            let typed =
                typed.map(|(name, relationship, phone, email)| SaveGuardian { name, relationship, phone, email });
            let others = others.into_iter().map(|guardian| SaveGuardian {
                name: guardian.name,
                relationship: guardian.relationship,
                phone: guardian.phone.unwrap_or_default(),
                email: guardian.email.unwrap_or_default(),
            });
            Ok(SavePatient {
                name: self.name,
                phone: self.phone,
                email: self.email,
                language: Lang::from_code(&self.language),
                date_of_birth,
                gender: self.gender,
                occupation: self.occupation,
                city: self.city,
                address: self.address,
                referral_source: self.referral_source,
                emergency_name: self.emergency_name,
                emergency_phone: self.emergency_phone,
                guardians: typed.into_iter().chain(others).collect(),
                tags: self.tags.split(',').map(ToOwned::to_owned).collect(),
                trust_level: TrustLevel::parse(&self.trust_level).unwrap_or_default(),
                shared_email: !self.shared_email.is_empty(),
                version: self.version.trim().parse().ok(),
            })
        }
    }
}
