//! Patients from a file: looked at first, with what is wrong in each row, then imported as a whole.

use super::save::{checked, insert};
use super::{begin, commit, practice_of};
use crate::{Ctx, Member, Result, ServiceError, audit};
use chrono::{Duration, NaiveDate};
use contracts::limits::{IMPORT_MAX, IMPORT_ROWS_MAX};
use contracts::patients::{Duplicate, ImportReport, ImportRow, SaveGuardian, SavePatient};
use contracts::{ErrorCode, FieldError, FieldProblem, ImportId, Lang};
use domain::patients::{Column, column, csv_typed};
use domain::permissions::{Action, Resource};
use domain::validate::error;
use serde_json::json;
use std::collections::HashMap;
use store::Tx;
use store::patients as stored;

/// Files that were uploaded and never imported are kept so long.
const KEEP_HOURS: i64 = 24;

/// May the member import? Asked before a file is read at all.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub fn may_import(ctx: &Ctx) -> Result<&Member> {
    ctx.may(Action::Create, Resource::Patients)?;
    ctx.may(Action::Delete, Resource::Patients)
}

/// Keeps an uploaded file until it is imported, a day at most. Nothing of it is imported yet.
///
/// # Errors
/// `PAYLOAD_TOO_LARGE`; a field error on `file` for what is no table with names.
pub async fn keep_import(ctx: &Ctx, bytes: Vec<u8>) -> Result<ImportId> {
    let member = may_import(ctx)?;
    let text = text_of(bytes)?;
    read(&text)?;
    let id: ImportId = ctx.new_id();
    let mut tx = begin(ctx, member).await?;
    stored::keep_import(&mut tx, member.practice_id, (id, member.member_id), &text, ctx.now).await?;
    commit(tx).await?;
    Ok(id)
}

/// What importing a kept file would do.
///
/// # Errors
/// `NOT_FOUND` for a file that was imported, forgotten, or uploaded by somebody else.
pub async fn preview_import(ctx: &Ctx, id: ImportId) -> Result<ImportReport> {
    let member = may_import(ctx)?;
    let mut tx = begin(ctx, member).await?;
    let text = kept(&mut tx, member, id).await?;
    let (report, _) = looked_at(ctx, &mut tx, member, &text).await?;
    commit(tx).await?;
    Ok(report)
}

/// Imports the good rows of a kept file in one transaction, and forgets the file.
///
/// # Errors
/// As [`preview_import`]; `CONFLICT` when somebody entered one of the patients at this moment: look again.
pub async fn run_import(ctx: &Ctx, id: ImportId) -> Result<ImportReport> {
    let member = may_import(ctx)?;
    let mut tx = begin(ctx, member).await?;
    let text = kept(&mut tx, member, id).await?;
    let report = write(ctx, &mut tx, member, &text).await?;
    stored::forget_import(&mut tx, member.practice_id, id).await?;
    commit(tx).await?;
    Ok(report)
}

/// Looks at a file, or with `commit` imports its good rows, in one go; for the API.
///
/// # Errors
/// As [`keep_import`] and [`run_import`].
pub async fn import_rows(ctx: &Ctx, bytes: Vec<u8>, commit_it: bool) -> Result<ImportReport> {
    let member = may_import(ctx)?;
    let text = text_of(bytes)?;
    let mut tx = begin(ctx, member).await?;
    let report = if commit_it {
        write(ctx, &mut tx, member, &text).await?
    } else {
        looked_at(ctx, &mut tx, member, &text).await?.0
    };
    commit(tx).await?;
    Ok(report)
}

/// Forgets files nobody imported within a day; returns how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_old_imports(ctx: &Ctx) -> Result<u64> {
    let before = ctx.now - Duration::hours(KEEP_HOURS);
    let mut connection = ctx.deps.db.connection().await?;
    let practices = store::lookup::practices_with_old_imports(&mut connection, before).await?;
    drop(connection);
    let mut forgotten = 0;
    for practice in practices {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        forgotten += stored::forget_old_imports(&mut tx, practice, before).await?;
        commit(tx).await?;
    }
    Ok(forgotten)
}

async fn kept(tx: &mut Tx, member: &Member, id: ImportId) -> Result<String> {
    stored::import(tx, member.practice_id, id, member.member_id).await?.ok_or_else(ServiceError::not_found)
}

async fn write(ctx: &Ctx, tx: &mut Tx, member: &Member, text: &str) -> Result<ImportReport> {
    let (mut report, good) = looked_at(ctx, tx, member, text).await?;
    let (settings, ..) = practice_of(ctx, tx, member).await?;
    for patient in &good {
        insert(tx, ctx, member, patient, &settings).await.map_err(|error| {
            // It was free a moment ago.
            if error.public.problem_of("phone").is_some() { ServiceError::code(ErrorCode::Conflict) } else { error }
        })?;
    }
    report.done = true;
    let details = json!({ "patients": report.good, "rows": report.rows.len() });
    audit::record(tx, ctx, member.practice_id, "patient.imported", None, details).await?;
    Ok(report)
}

/// Every row with what is wrong with it, and the patients that can be entered.
async fn looked_at(ctx: &Ctx, tx: &mut Tx, member: &Member, text: &str) -> Result<(ImportReport, Vec<SavePatient>)> {
    let table = read(text)?;
    let (_, _, today) = practice_of(ctx, tx, member).await?;
    let rows: Vec<Row> = table.rows.iter().map(|row| row.checked(today)).collect();
    let all = |get: fn(&SavePatient) -> &String| -> Vec<String> {
        rows.iter().map(|row| get(&row.patient).clone()).filter(|text| !text.is_empty()).collect()
    };
    let (phones, emails) = (all(|p| &p.phone), all(|p| &p.email));
    let known = stored::known_contacts(tx, member.practice_id, &phones, &emails).await?;
    let mut seen = Seen::of(&known);
    let mut report = ImportReport { unknown_columns: table.unknown, ..ImportReport::default() };
    let mut good = vec![];
    for row in rows {
        let shown = seen.shown(&row);
        if shown.is_good() {
            good.push(row.patient);
        }
        report.rows.push(shown);
    }
    report.good = u32::try_from(good.len()).unwrap_or(u32::MAX);
    Ok((report, good))
}

/// A row that was read, with what is wrong with it.
struct Row {
    line: u32,
    patient: SavePatient,
    problems: Vec<FieldError>,
}

/// Whose phones and addresses are known: by the practice, and by the rows before.
struct Seen<'a> {
    by_phone: HashMap<&'a str, &'a Duplicate>,
    by_email: HashMap<&'a str, &'a Duplicate>,
    lines: HashMap<String, u32>,
}

impl<'a> Seen<'a> {
    fn of(known: &'a [Duplicate]) -> Self {
        Self {
            by_phone: known.iter().filter_map(|one| Some((one.phone.as_deref()?, one))).collect(),
            by_email: known.iter().filter_map(|one| Some((one.email.as_deref()?, one))).collect(),
            lines: HashMap::new(),
        }
    }

    fn shown(&mut self, row: &Row) -> ImportRow {
        let patient = &row.patient;
        let by_phone = self.by_phone.get(patient.phone.as_str());
        let duplicate = by_phone.or_else(|| self.by_email.get(patient.email.as_str())).map(|one| (*one).clone());
        let contacts = [&patient.phone, &patient.email].into_iter().filter(|text| !text.is_empty());
        let mut same_as_line = None;
        if row.problems.is_empty() {
            for contact in contacts {
                match self.lines.get(contact) {
                    Some(line) => same_as_line = same_as_line.or(Some(*line)),
                    None => {
                        self.lines.insert(contact.clone(), row.line);
                    }
                }
            }
        }
        ImportRow {
            line: row.line,
            name: patient.name.clone(),
            phone: patient.phone.clone(),
            email: patient.email.clone(),
            problems: row.problems.clone(),
            duplicate,
            same_as_line,
        }
    }
}

/// A file as a table.
struct Table {
    rows: Vec<Typed>,
    unknown: Vec<String>,
}

/// A row as it was typed.
struct Typed {
    line: u32,
    cells: HashMap<Column, String>,
}

impl Typed {
    fn cell(&self, column: Column) -> String {
        self.cells.get(&column).cloned().unwrap_or_default()
    }

    fn checked(&self, today: NaiveDate) -> Row {
        let mut problems = vec![];
        let patient = self.patient(&mut problems);
        let patient = match checked(&patient, today) {
            Ok(clean) => clean,
            Err(error) => {
                problems.extend(error.public.fields);
                patient
            }
        };
        Row { line: self.line, patient, problems }
    }

    fn patient(&self, problems: &mut Vec<FieldError>) -> SavePatient {
        let both = format!("{} {}", self.cell(Column::FirstName), self.cell(Column::LastName));
        let name = Some(self.cell(Column::Name)).filter(|name| !name.is_empty()).unwrap_or(both);
        let born = self.cell(Column::DateOfBirth);
        let date_of_birth = date(&born);
        if date_of_birth.is_none() && !born.is_empty() {
            problems.push(error("date_of_birth", FieldProblem::InvalidDate));
        }
        let language = self.cell(Column::Language);
        SavePatient {
            name,
            phone: self.cell(Column::Phone),
            email: self.cell(Column::Email),
            language: Lang::from_code(&language),
            date_of_birth,
            gender: self.cell(Column::Gender),
            occupation: self.cell(Column::Occupation),
            city: self.cell(Column::City),
            address: self.cell(Column::Address),
            referral_source: self.cell(Column::ReferralSource),
            emergency_name: self.cell(Column::EmergencyName),
            emergency_phone: self.cell(Column::EmergencyPhone),
            guardians: vec![SaveGuardian {
                name: self.cell(Column::GuardianName),
                relationship: self.cell(Column::GuardianRelationship),
                phone: self.cell(Column::GuardianPhone),
                email: self.cell(Column::GuardianEmail),
            }],
            tags: self.cell(Column::Tags).split([';', '|', ',']).map(ToOwned::to_owned).collect(),
            ..SavePatient::default()
        }
    }
}

/// `1990-03-02`, `02/03/1990`, `2.3.1990`: the day stands first where the year stands last.
fn date(typed: &str) -> Option<NaiveDate> {
    let text = typed.replace(['/', '.'], "-");
    let parts: Vec<&str> = text.split('-').collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let order = if first.len() == 4 { [first, second, third] } else { [third, second, first] };
    let [year, month, day] = order.map(|part| part.trim().parse::<u32>().ok());
    let year = year.filter(|year| (1800..=9999).contains(year)).and_then(|year| i32::try_from(year).ok())?;
    NaiveDate::from_ymd_opt(year, month?, day?)
}

fn text_of(bytes: Vec<u8>) -> Result<String> {
    if bytes.len() as u64 > IMPORT_MAX {
        return Err(ServiceError::code(ErrorCode::TooLarge));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // What spreadsheets on Windows write: Latin-1, where each byte is its own character.
        Err(other) => other.into_bytes().into_iter().map(char::from).collect(),
    };
    // Lines are counted by their breaks.
    Ok(text.replace('\0', "").replace("\r\n", "\n"))
}

/// Commas, semicolons or tabs: what stands most often in the headings.
fn delimiter(text: &str) -> u8 {
    let headings = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| headings.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// # Errors
/// A field error on `file`: no headings we know, no rows, or too many.
fn read(text: &str) -> Result<Table> {
    let wrong = |problem| ServiceError::field("file", problem);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| wrong(FieldProblem::InvalidChoice))?.clone();
    let columns: Vec<Option<Column>> = headings.iter().map(column).collect();
    let named = [Column::Name, Column::FirstName, Column::LastName];
    if !columns.iter().flatten().any(|column| named.contains(column)) {
        return Err(wrong(FieldProblem::InvalidChoice));
    }
    let unknown = headings.iter().zip(&columns).filter(|(name, known)| known.is_none() && !name.is_empty());
    let unknown = unknown.map(|(name, _)| name.chars().take(40).collect()).collect();
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|_| wrong(FieldProblem::InvalidChoice))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() >= IMPORT_ROWS_MAX as usize {
            return Err(wrong(FieldProblem::TooLong));
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cells =
            columns.iter().zip(&record).filter_map(|(column, cell)| Some(((*column)?, csv_typed(cell).to_owned())));
        rows.push(Typed { line: u32::try_from(line).unwrap_or(u32::MAX), cells: cells.collect() });
    }
    if rows.is_empty() { Err(wrong(FieldProblem::Required)) } else { Ok(Table { rows, unknown }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_either_language_and_kind_are_read() {
        for text in [
            "Name,Phone,Colour\nAna,'+254700000111,red\n\n",
            "Nombre;Teléfono;Colour\nAna;+254700000111;red\n",
            "\u{feff}\"Name\"\tPhone\tColour\nAna\t+254700000111",
        ] {
            let table = read(text).unwrap();
            assert_eq!(table.unknown, ["Colour"], "{text:?}");
            assert_eq!(table.rows.len(), 1, "{text:?}");
            let row = &table.rows[0];
            assert_eq!(
                (row.line, row.cell(Column::Name), row.cell(Column::Phone)),
                (2, "Ana".into(), "+254700000111".into())
            );
        }
        let latin = text_of(b"Nombre\nMar\xeda\n".to_vec()).unwrap();
        assert_eq!(read(&latin).unwrap().rows[0].cell(Column::Name), "María");
    }

    #[test]
    fn what_is_no_table_of_patients_is_refused() {
        for (text, problem) in [
            ("", FieldProblem::InvalidChoice),
            ("Colour\nred\n", FieldProblem::InvalidChoice),
            ("Name\n", FieldProblem::Required),
        ] {
            let found = read(text).err().and_then(|error| error.public.problem_of("file"));
            assert_eq!(found, Some(problem), "{text:?}");
        }
        let many = format!("Name\n{}", "Ana\n".repeat(5_001));
        assert_eq!(read(&many).err().and_then(|e| e.public.problem_of("file")), Some(FieldProblem::TooLong));
        assert_eq!(text_of(vec![b'a'; 2_000_000]).unwrap_err().public.code, ErrorCode::TooLarge);
    }

    #[test]
    fn dates_as_people_write_them() {
        for typed in ["1990-03-02", "02/03/1990", "2.3.1990", "2-3-1990", "1990/3/2"] {
            assert_eq!(date(typed), NaiveDate::from_ymd_opt(1990, 3, 2), "{typed}");
        }
        for typed in ["", "2 March", "31/02/1990", "90-03-02", "1990-03"] {
            assert_eq!(date(typed), None, "{typed}");
        }
    }
}
