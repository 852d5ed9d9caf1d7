//! Patients: the list, the record, the profile with its tabs, import.

mod closing;
mod duplicates;
mod fields;
mod history;
mod letters;
mod list_table;
pub mod note_fns;
mod notes;
mod overview;
pub mod page_form;
pub mod page_import;
pub mod page_list;
pub mod page_profile;
mod preferences;
pub mod server_fns;
pub mod words;
