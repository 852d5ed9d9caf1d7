//! Keeping files.

use crate::cache::Later;
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::fs;
use tokio::io::AsyncWriteExt;

#[derive(Debug, thiserror::Error)]
#[error("file store: {0}")]
pub struct FileError(pub String);

/// Keys are made by the caller from ids; they never hold a name a person chose.
pub trait FileStore: Send + Sync {
    fn put<'a>(&'a self, key: &'a str, bytes: Vec<u8>) -> Later<'a, Result<(), FileError>>;
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Vec<u8>>, FileError>>;
    fn delete<'a>(&'a self, key: &'a str) -> Later<'a, Result<(), FileError>>;
}

/// Files in a directory of this machine, readable by the server's own user only.
#[derive(Debug)]
pub struct LocalFiles {
    root: PathBuf,
    /// Tells two writes of the same key apart while both are under way.
    writes: AtomicU64,
}

impl LocalFiles {
    /// The directory is made when the first file is written.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), writes: AtomicU64::new(0) }
    }

    fn path(&self, key: &str) -> Result<PathBuf, FileError> {
        if is_key(key) { Ok(self.root.join(key)) } else { Err(FileError("not a key".into())) }
    }

    /// Writes beside the file and renames, so that nobody ever reads half of it, and a crash leaves the old one.
    async fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).await?;
        fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).await?;
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        let half = path.with_extension(format!("{}-{number}.part", std::process::id()));
        let written = write_new(&half, bytes).await;
        match written {
            Ok(()) => fs::rename(&half, path).await?,
            Err(error) => {
                // Best effort: the error that is reported is the one of the write.
                let _ = fs::remove_file(&half).await;
                return Err(error);
            }
        }
        // The rename itself survives a power cut only once the folder is on disk.
        fs::File::open(folder).await?.sync_all().await
    }
}

async fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = fs::OpenOptions::from(options).open(path).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}

/// Parts of lower-case hexadecimal digits and dashes, joined by slashes: nothing that could leave the directory.
fn is_key(key: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-';
    key.split('/').all(|part| !part.is_empty() && part.bytes().all(allowed))
}

/// The kind of error only: paths stay out of the log.
fn told(error: &io::Error) -> FileError {
    FileError(error.kind().to_string())
}

impl FileStore for LocalFiles {
    fn put<'a>(&'a self, key: &'a str, bytes: Vec<u8>) -> Later<'a, Result<(), FileError>> {
        Box::pin(async move {
            let path = self.path(key)?;
            self.write(&path, &bytes).await.map_err(|e| told(&e))
        })
    }

    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Vec<u8>>, FileError>> {
        Box::pin(async move {
            match fs::read(self.path(key)?).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(told(&error)),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Later<'a, Result<(), FileError>> {
        Box::pin(async move {
            match fs::remove_file(self.path(key)?).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(told(&error)),
                _ => Ok(()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_cannot_leave_the_directory() {
        for key in ["0197aa-bb/0197cc-dd", "abc"] {
            assert!(is_key(key), "{key}");
        }
        for key in ["", "/etc", "../a", "a/../b", "a//b", "a/", "A", "photo.png", "a\\b", "a\0"] {
            assert!(!is_key(key), "{key}");
        }
    }

    #[tokio::test]
    async fn what_is_put_can_be_read_until_it_is_deleted() {
        let root = std::env::temp_dir().join(format!("calma-files-{}", std::process::id()));
        let files = LocalFiles::new(&root);
        let key = "0197aa/0197bb";
        assert_eq!(files.get(key).await.unwrap(), None);
        files.put(key, b"one".to_vec()).await.unwrap();
        files.put(key, b"two".to_vec()).await.unwrap();
        assert_eq!(files.get(key).await.unwrap().as_deref(), Some(&b"two"[..]));
        let mode = std::fs::metadata(root.join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(root.join("0197aa")).unwrap().count(), 1, "no half-written file stays");
        files.delete(key).await.unwrap();
        files.delete(key).await.unwrap();
        assert_eq!(files.get(key).await.unwrap(), None);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
