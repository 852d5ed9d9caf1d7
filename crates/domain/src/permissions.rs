//! Who may do what (product §2, 001's matrix), in one table.
//!
//! A row says what a role may do with a resource at all; whether a record is theirs is a second question, see
//! [`sees_only_own`].

use contracts::accounts::Role;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Read,
    Create,
    Update,
    Delete,
}

impl Action {
    pub const ALL: [Action; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];

    const fn letter(self) -> char {
        match self {
            Self::Create => 'C',
            Self::Read => 'R',
            Self::Update => 'U',
            Self::Delete => 'D',
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    Practice,
    Members,
    Therapists,
    Services,
    Availability,
    Bookings,
    Sessions,
    RescheduleRequests,
    Patients,
    Series,
    Payments,
    Messages,
    Audit,
}

impl Resource {
    pub const ALL: [Resource; 13] = [
        Self::Practice,
        Self::Members,
        Self::Therapists,
        Self::Services,
        Self::Availability,
        Self::Bookings,
        Self::Sessions,
        Self::RescheduleRequests,
        Self::Patients,
        Self::Series,
        Self::Payments,
        Self::Messages,
        Self::Audit,
    ];
}

/// Create, read, update, delete; in the order of [`Role::ALL`].
#[rustfmt::skip]
const TABLE: [(Resource, [&str; 6]); 13] = [
    //                        admin   operator therapist caregiver accountant viewer
    (Resource::Practice,     ["CRUD", "R",     "R",      "",       "",        "R"]),
    (Resource::Members,      ["CRUD", "R",     "",       "",       "R",       ""]),
    (Resource::Therapists,   ["CRUD", "R",     "RU",     "",       "R",       "R"]),
    (Resource::Services,     ["CRUD", "R",     "R",      "",       "R",       "R"]),
    (Resource::Availability, ["CRUD", "CRUD",  "CRUD",   "",       "R",       "R"]),
    (Resource::Bookings,     ["CRUD", "CRUD",  "RU",     "R",      "R",       "R"]),
    // Placing a session (making or moving one) is creating: therapists ask for it (001's reschedule requests), and start,
    // complete and cancel their own.
    (Resource::Sessions,     ["CRUD", "CRUD",  "RU",     "R",      "R",       "R"]),
    // Asking is creating, deciding is updating, taking back is deleting. The front desk has no need to ask.
    (Resource::RescheduleRequests, ["CRUD", "RU", "CRD",  "",       "",        "R"]),
    // Who may delete may also merge, import, export and erase.
    (Resource::Patients,     ["CRUD", "CRUD",  "RU",     "R",      "R",       "R"]),
    (Resource::Series,       ["CRUD", "CRUD",  "R",      "R",      "",        "R"]),
    // Recording money is creating. Verifying a proof is an update: the front desk does it, a therapist for their own.
    (Resource::Payments,     ["CRUD", "CRU",   "RU",     "",       "CRU",     "R"]),
    // Sending a message again is an update; a therapist does so for their own bookings.
    (Resource::Messages,     ["CRUD", "RU",    "RU",     "",       "",        "R"]),
    (Resource::Audit,        ["CRUD", "R",     "",       "",       "",        ""]),
];

const fn column(role: Role) -> usize {
    match role {
        Role::Admin => 0,
        Role::Operator => 1,
        Role::Therapist => 2,
        Role::Caregiver => 3,
        Role::Accountant => 4,
        Role::Viewer => 5,
    }
}

/// May this role do this at all? What the table does not name is forbidden.
pub fn allowed(role: Role, action: Action, resource: Resource) -> bool {
    TABLE.iter().any(|(row, cells)| *row == resource && cells[column(role)].contains(action.letter()))
}

/// Sees only what is assigned to them: everything else does not exist for them (404).
pub fn sees_only_own(role: Role) -> bool {
    matches!(role, Role::Therapist | Role::Caregiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written out by role, across the table's own grain, so that a slip in one is not repeated in the other.
    #[test]
    fn every_role_may_do_exactly_this() {
        use Resource::*;
        let expected: [(Role, [(Resource, &str); 13]); 6] = [
            (Role::Admin, Resource::ALL.map(|r| (r, "CRUD"))),
            (
                Role::Operator,
                [
                    (Practice, "R"),
                    (Members, "R"),
                    (Therapists, "R"),
                    (Services, "R"),
                    (Availability, "CRUD"),
                    (Bookings, "CRUD"),
                    (Sessions, "CRUD"),
                    (RescheduleRequests, "RU"),
                    (Patients, "CRUD"),
                    (Series, "CRUD"),
                    (Payments, "CRU"),
                    (Messages, "RU"),
                    (Audit, "R"),
                ],
            ),
            (
                Role::Therapist,
                [
                    (Practice, "R"),
                    (Members, ""),
                    (Therapists, "RU"),
                    (Services, "R"),
                    (Availability, "CRUD"),
                    (Bookings, "RU"),
                    (Sessions, "RU"),
                    (RescheduleRequests, "CRD"),
                    (Patients, "RU"),
                    (Series, "R"),
                    (Payments, "RU"),
                    (Messages, "RU"),
                    (Audit, ""),
                ],
            ),
            (
                Role::Caregiver,
                Resource::ALL.map(|r| (r, if matches!(r, Bookings | Sessions | Patients | Series) { "R" } else { "" })),
            ),
            (
                Role::Accountant,
                [
                    (Practice, ""),
                    (Members, "R"),
                    (Therapists, "R"),
                    (Services, "R"),
                    (Availability, "R"),
                    (Bookings, "R"),
                    (Sessions, "R"),
                    (RescheduleRequests, ""),
                    (Patients, "R"),
                    (Series, ""),
                    (Payments, "CRU"),
                    (Messages, ""),
                    (Audit, ""),
                ],
            ),
            (Role::Viewer, Resource::ALL.map(|r| (r, if matches!(r, Audit | Members) { "" } else { "R" }))),
        ];
        for (role, rows) in expected {
            for (resource, letters) in rows {
                let granted: String =
                    Action::ALL.into_iter().filter(|a| allowed(role, *a, resource)).map(Action::letter).collect();
                assert_eq!(granted, letters, "{role:?} on {resource:?}");
            }
        }
    }

    #[test]
    fn the_table_has_every_role_and_resource_once() {
        assert_eq!(Role::ALL.map(column), [0, 1, 2, 3, 4, 5]);
        assert_eq!(TABLE.map(|(resource, _)| resource), Resource::ALL);
        assert!(TABLE.iter().flat_map(|(_, cells)| cells).all(|c| c.chars().all(|l| "CRUD".contains(l))));
    }

    /// Opening hours are shown by therapist, so whoever may read them has to know the therapists.
    #[test]
    fn who_reads_availability_reads_therapists() {
        for role in Role::ALL {
            let reads = |resource| allowed(role, Action::Read, resource);
            assert!(!reads(Resource::Availability) || reads(Resource::Therapists), "{role:?}");
        }
    }

    #[test]
    fn only_those_with_assigned_patients_see_less() {
        let own: Vec<Role> = Role::ALL.into_iter().filter(|r| sees_only_own(*r)).collect();
        assert_eq!(own, [Role::Therapist, Role::Caregiver]);
    }
}
