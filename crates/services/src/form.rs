//! Gathers everything that is wrong with a form, so that people are told once.

use crate::{Result, ServiceError};
use contracts::{FieldError, FieldProblem};

/// What is wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<FieldError>);

impl Problems {
    pub fn add(&mut self, field: &str, problem: FieldProblem) {
        self.0.push(FieldError { field: field.to_owned(), problem });
    }

    pub fn check(&mut self, field: &str, outcome: std::result::Result<(), FieldProblem>) {
        if let Err(problem) = outcome {
            self.add(field, problem);
        }
    }

    pub fn extend(&mut self, problems: Vec<FieldError>) {
        self.0.extend(problems);
    }

    /// # Errors
    /// `VALIDATION_ERROR` with every problem there is.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(ServiceError::fields(self.0)) }
    }
}
