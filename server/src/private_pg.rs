//! A private PostgreSQL in the data directory, for installations that name no database.
//!
//! It listens on nothing but a Unix socket in a directory only its own user can enter, so it needs no password. It never
//! runs as root: started as root, its programs run as the user `postgres`. One Calma at a time starts and stops it; a
//! second one on the same data (a worker, a migration) uses the first one's and leaves it running.

use rustix::fs::statvfs;
use sqlx::{Connection, PgConnection};
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running private PostgreSQL.
pub struct PrivatePg {
    /// For migrations, as the role that owns the tables.
    pub owner_url: String,
    /// For serving, as the role that owns nothing.
    pub app_url: String,
    place: Place,
    /// Held while this process is the one that stops it.
    lock: Option<File>,
}

/// Where everything is, and whose it is.
#[derive(Clone)]
struct Place {
    bin: PathBuf,
    base: PathBuf,
    socket: PathBuf,
    user: Option<(u32, u32)>,
}

/// A socket's whole path may have this many bytes.
const SOCKET_PATH_MAX: usize = 107;
/// What PostgreSQL needs to begin with.
const FREE_BYTES_NEEDED: u64 = 300 * 1024 * 1024;

impl PrivatePg {
    /// Starts it, makes it first if need be, or finds it running.
    ///
    /// # Errors
    /// One line for the person who started Calma.
    pub async fn start(data: &Path, pg_bin: Option<&Path>) -> Result<Self, String> {
        let user = unprivileged_user()?;
        let base = base_directory(data, user)?;
        let bin = matching_programs(&base, candidates(pg_bin))?;
        let lock = lock(&base)?;
        let socket = socket_directory(&base, user)?;
        let place = Place { bin, base, socket, user };
        tokio::task::spawn_blocking({
            let place = place.clone();
            move || place.make_and_start()
        })
        .await
        .map_err(|e| e.to_string())??;
        let started = Self {
            owner_url: place.url("calma_owner", "calma"),
            app_url: place.url("calma_app", "calma"),
            place,
            lock,
        };
        if let Err(error) = started.make_roles_and_database().await {
            started.stop().await;
            return Err(format!("the private PostgreSQL cannot be prepared: {error}"));
        }
        Ok(started)
    }

    /// Both roles and the database, unless they are there.
    async fn make_roles_and_database(&self) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect(&self.place.url("postgres", "postgres")).await?;
        let owner: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'calma_owner')")
            .fetch_one(&mut connection)
            .await?;
        if !owner {
            sqlx::query("CREATE ROLE calma_owner LOGIN CREATEROLE").execute(&mut connection).await?;
        }
        let app: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'calma_app')")
            .fetch_one(&mut connection)
            .await?;
        if !app {
            // Made by the owner, so that newer PostgreSQL lets the owner grant it.
            sqlx::query("SET ROLE calma_owner").execute(&mut connection).await?;
            sqlx::query("CREATE ROLE calma_app LOGIN NOBYPASSRLS").execute(&mut connection).await?;
            sqlx::query("RESET ROLE").execute(&mut connection).await?;
        }
        let database: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'calma')")
            .fetch_one(&mut connection)
            .await?;
        if !database {
            sqlx::query("CREATE DATABASE calma OWNER calma_owner").execute(&mut connection).await?;
        }
        connection.close().await
    }

    /// Stops it cleanly, if this process is the one that runs it.
    pub async fn stop(&self) {
        if self.lock.is_none() {
            return;
        }
        let place = self.place.clone();
        let stopped =
            tokio::task::spawn_blocking(move || place.pg_ctl(&["-m", "fast", "-w", "-t", "60", "stop"])).await;
        if !matches!(stopped, Ok(Ok(true))) {
            tracing::warn!("the private PostgreSQL did not stop in time; it recovers at the next start");
        }
    }
}

impl Place {
    fn data(&self) -> PathBuf {
        self.base.join("data")
    }

    fn log(&self) -> PathBuf {
        self.base.join("postgres.log")
    }

    fn url(&self, user: &str, database: &str) -> String {
        let host: String = self
            .socket
            .to_string_lossy()
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect();
        format!("postgres://{user}@{host}:5432/{database}")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
        as_user(&mut command, self.user);
        command
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Result<bool, String> {
        let mut command = self.command("pg_ctl");
        command.arg("-D").arg(self.data()).arg("-s").args(arguments).stderr(Stdio::null());
        command.status().map(|status| status.success()).map_err(|e| format!("pg_ctl cannot be started: {e}"))
    }

    fn make_and_start(&self) -> Result<(), String> {
        if !self.data().join("PG_VERSION").exists() {
            self.initdb()?;
        }
        // Left behind by a server that was killed: it goes on working, and is stopped when this one stops.
        if self.pg_ctl(&["status"])? {
            return Ok(());
        }
        fs::write(self.data().join("postgresql.conf"), self.settings())
            .map_err(|e| format!("{}: {e}", self.data().display()))?;
        let _ = fs::remove_file(self.log());
        let log = self.log();
        if self.pg_ctl(&["-w", "-t", "120", "-l", &log.to_string_lossy(), "start"])? {
            return Ok(());
        }
        Err(format!("the private PostgreSQL does not start: {} (more in {})", last_complaint(&log), log.display()))
    }

    /// Into a directory beside, then renamed: half a database never counts as one.
    fn initdb(&self) -> Result<(), String> {
        let half = self.base.join("data.new");
        if half.exists() {
            fs::remove_dir_all(&half).map_err(|e| format!("{}: {e}", half.display()))?;
        }
        let free = statvfs(&self.base).map(|s| s.f_bavail.saturating_mul(s.f_frsize)).unwrap_or(u64::MAX);
        if free < FREE_BYTES_NEEDED {
            let megabytes = free / 1024 / 1024;
            return Err(format!(
                "no disk space: a database needs 300 MB in {}, there are {megabytes} MB",
                self.base.display()
            ));
        }
        let output = self
            .command("initdb")
            .args(["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--auth-host=reject"])
            .args(["--data-checksums", "-D"])
            .arg(&half)
            .stderr(Stdio::piped())
            .output()
            .map_err(|e| format!("initdb cannot be started: {e}"))?;
        if !output.status.success() {
            let _ = fs::remove_dir_all(&half);
            let said = String::from_utf8_lossy(&output.stderr);
            let reason = said.lines().find(|l| l.contains("error") || l.contains("FATAL")).or(said.lines().last());
            return Err(format!("initdb failed: {}", reason.unwrap_or("no reason given").trim()));
        }
        fs::rename(&half, self.data()).map_err(|e| format!("{}: {e}", self.data().display()))
    }

    /// For two cores and little memory; everything else is PostgreSQL's default.
    fn settings(&self) -> String {
        let socket = self.socket.to_string_lossy().replace('\'', "''");
        format!(
            "# Written by Calma at every start.\n\
             port = 5432\nlisten_addresses = ''\nunix_socket_directories = '{socket}'\nunix_socket_permissions = 0700\n\
             max_connections = 120\nshared_buffers = 128MB\nwork_mem = 8MB\nmaintenance_work_mem = 64MB\n\
             effective_cache_size = 512MB\nrandom_page_cost = 1.1\njit = off\nmax_parallel_workers_per_gather = 0\n\
             wal_compression = on\nmax_wal_size = 1GB\ncheckpoint_completion_target = 0.9\n\
             timezone = 'UTC'\nlog_timezone = 'UTC'\nlog_line_prefix = '%m [%p] '\nlog_min_error_statement = panic\n"
        )
    }
}

/// As root: the ids of the user `postgres`, as which the programs run.
fn unprivileged_user() -> Result<Option<(u32, u32)>, String> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let id = |flag: &str| -> Option<u32> {
        let output = Command::new("id").args([flag, "postgres"]).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    match (id("-u"), id("-g")) {
        (Some(uid), Some(gid)) if uid != 0 => Ok(Some((uid, gid))),
        _ => Err("PostgreSQL never runs as root, and there is no user `postgres` to run it as: install postgresql, or set DATABASE_URL".into()),
    }
}

fn as_user(command: &mut Command, user: Option<(u32, u32)>) {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
}

/// `{data}/postgres`. Where its user could not reach that (a checkout in root's home), a link to a directory under
/// /var/lib/calma.
fn base_directory(data: &Path, user: Option<(u32, u32)>) -> Result<PathBuf, String> {
    let complain = |path: &Path, e: io::Error| format!("{}: {e}", path.display());
    fs::create_dir_all(data).map_err(|e| complain(data, e))?;
    let data = data.canonicalize().map_err(|e| complain(data, e))?;
    let base = data.join("postgres");
    if !base.exists() {
        let real = if reachable(&data, user) { base.clone() } else { elsewhere(&data, &base)? };
        DirBuilder::new().recursive(true).mode(0o700).create(&real).map_err(|e| complain(&real, e))?;
    }
    let base = base.canonicalize().map_err(|e| complain(&base, e))?;
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(&base, Some(uid), Some(gid)).map_err(|e| complain(&base, e))?;
    }
    fs::set_permissions(&base, Permissions::from_mode(0o700)).map_err(|e| complain(&base, e))?;
    Ok(base)
}

fn reachable(directory: &Path, user: Option<(u32, u32)>) -> bool {
    let mut command = Command::new("test");
    command.arg("-x").arg(directory).current_dir("/").stderr(Stdio::null());
    as_user(&mut command, user);
    user.is_none() || command.status().is_ok_and(|status| status.success())
}

fn elsewhere(data: &Path, link: &Path) -> Result<PathBuf, String> {
    // Named after the directory's own number: a data directory that is deleted and made anew gets a new database.
    let number = fs::metadata(data).map_err(|e| format!("{}: {e}", data.display()))?;
    let stamp =
        number.created().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |d| d.as_nanos());
    let real = PathBuf::from(format!("/var/lib/calma/{:x}-{stamp:x}", number.ino()));
    let _ = fs::remove_file(link);
    fs::create_dir_all("/var/lib/calma").map_err(|e| format!("/var/lib/calma: {e}"))?;
    fs::set_permissions("/var/lib/calma", Permissions::from_mode(0o711)).map_err(|e| format!("/var/lib/calma: {e}"))?;
    std::os::unix::fs::symlink(&real, link).map_err(|e| format!("{}: {e}", link.display()))?;
    Ok(real)
}

/// The lock of whoever runs this database; `None` when somebody else holds it.
fn lock(base: &Path) -> Result<Option<File>, String> {
    let path = base.join("calma.lock");
    let file = File::options().create(true).append(true).open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(e)) => Err(format!("{}: {e}", path.display())),
    }
}

/// Beside the data, or in a short temporary place where that path would be too long for a socket.
fn socket_directory(base: &Path, user: Option<(u32, u32)>) -> Result<PathBuf, String> {
    let beside = base.join("socket");
    let fits = beside.join(".s.PGSQL.5432").as_os_str().len() <= SOCKET_PATH_MAX;
    let number = fs::metadata(base).map(|m| m.ino()).unwrap_or_default();
    let owner = user.map_or_else(|| rustix::process::geteuid().as_raw(), |(uid, _)| uid);
    let directory = if fits { beside } else { PathBuf::from(format!("/tmp/calma-{owner}-{number:x}")) };
    let complain = |e: io::Error| format!("{}: {e}", directory.display());
    match DirBuilder::new().mode(0o700).create(&directory) {
        Ok(()) => {
            if let Some((uid, gid)) = user {
                std::os::unix::fs::chown(&directory, Some(uid), Some(gid)).map_err(complain)?;
            }
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(&directory).map_err(complain)?;
            if !found.is_dir() || found.uid() != owner || found.mode() & 0o077 != 0 {
                return Err(format!("{}: belongs to somebody else", directory.display()));
            }
        }
        Err(e) => return Err(complain(e)),
    }
    Ok(directory)
}

/// The programs of the version that made the data, or any version for new data.
fn matching_programs(base: &Path, candidates: Vec<PathBuf>) -> Result<PathBuf, String> {
    let missing = "PostgreSQL is not installed here: install postgresql, or set DATABASE_URL or CALMA_PG_BIN";
    let found: Vec<(String, PathBuf)> =
        candidates.into_iter().filter_map(|bin| major_version(&bin).map(|version| (version, bin))).collect();
    match fs::read_to_string(base.join("data/PG_VERSION")) {
        Ok(text) => {
            let made_by = text.trim();
            found.iter().find(|(version, _)| version == made_by).map(|(_, bin)| bin.clone()).ok_or_else(|| {
                format!(
                    "{} was made by PostgreSQL {made_by}, and here is {}: install postgresql-{made_by}, or set DATABASE_URL",
                    base.display(),
                    found.first().map_or("none".to_owned(), |(version, _)| version.clone()),
                )
            })
        }
        Err(_) => found.into_iter().next().map(|(_, bin)| bin).ok_or_else(|| missing.to_owned()),
    }
}

fn candidates(wanted: Option<&Path>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = wanted.map(Path::to_path_buf).into_iter().collect();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|e| e.path().join("bin")))
        .collect();
    debian.sort_by_key(|path| path.parent().and_then(Path::file_name).and_then(|n| n.to_str()?.parse::<u32>().ok()));
    all.extend(debian.into_iter().rev());
    all.extend(std::env::var_os("PATH").iter().flat_map(|path| std::env::split_paths(path).collect::<Vec<_>>()));
    all.retain(|bin| ["initdb", "pg_ctl", "postgres"].iter().all(|program| bin.join(program).exists()));
    all
}

/// `15` from `postgres (PostgreSQL) 15.14 (Debian …)`.
fn major_version(bin: &Path) -> Option<String> {
    let output = Command::new(bin.join("postgres")).arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(number.chars().take_while(char::is_ascii_digit).collect())
}

fn last_complaint(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let fatal = text.lines().rev().find(|l| l.contains("FATAL") || l.contains("PANIC"));
    fatal.or_else(|| text.lines().last()).unwrap_or("its log is empty").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data directory, made by this version if one is named, and programs that say they are 15.
    fn place(name: &str, made_by: Option<&str>) -> (PathBuf, PathBuf) {
        let base = std::env::temp_dir().join(format!("calma-pg-{name}-{}", std::process::id()));
        let bin = base.join("bin");
        fs::create_dir_all(base.join("data")).unwrap();
        fs::create_dir_all(&bin).unwrap();
        if let Some(version) = made_by {
            fs::write(base.join("data/PG_VERSION"), format!("{version}\n")).unwrap();
        }
        fs::write(bin.join("postgres"), "#!/bin/sh\necho 'postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)'\n")
            .unwrap();
        fs::set_permissions(bin.join("postgres"), Permissions::from_mode(0o755)).unwrap();
        (base, bin)
    }

    #[test]
    fn data_of_another_version_is_left_alone_and_says_what_to_install() {
        let (base, bin) = place("other", Some("14"));
        let refused = matching_programs(&base, vec![bin]).unwrap_err();
        assert!(refused.contains("was made by PostgreSQL 14, and here is 15"), "{refused}");
        assert!(refused.contains("install postgresql-14"), "{refused}");
        let refused = matching_programs(&base, vec![]).unwrap_err();
        assert!(refused.contains("and here is none"), "{refused}");
        fs::remove_dir_all(base).unwrap();
    }

    #[test]
    fn programs_of_the_same_version_and_any_for_new_data_will_do() {
        for (name, made_by) in [("same", Some("15")), ("new", None)] {
            let (base, bin) = place(name, made_by);
            assert_eq!(matching_programs(&base, vec![bin.clone()]), Ok(bin));
            fs::remove_dir_all(base).unwrap();
        }
    }

    #[test]
    fn without_programs_the_start_says_how_to_get_them() {
        let nowhere = std::env::temp_dir().join("calma-pg-nowhere");
        for candidates in [vec![], vec![nowhere.join("bin")]] {
            let refused = matching_programs(&nowhere, candidates).unwrap_err();
            assert!(refused.starts_with("PostgreSQL is not installed here: install postgresql"), "{refused}");
        }
        assert!(!candidates(Some(&nowhere)).contains(&nowhere), "a directory without the programs is none");
    }
}
