//! Files that a form of the dashboard sends (`multipart/form-data`, RFC 7578), written to disk as they come.

use std::path::Path;

use actix_multipart::{Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::web::BytesMut;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::form::{Form, check_sender};
use crate::base::error::{Error, Result};
use crate::base::room::Reserve;

/// A text field is no longer than this; a file may be.
const LONGEST_FIELD: usize = 256 * 1024;
/// So much is written before the disk is looked at again.
const PIECE: usize = 16 << 20;

/// What was sent beside the file, and what the file was called.
pub struct Upload {
    pub form: Form,
    pub file_name: String,
    /// Bytes of the file.
    pub size: u64,
}

/// Takes a form whose last field is a file, and leaves the file at `path`, readable by its owner alone. Nothing is
/// written before the form's token was found right, so that field has to come first.
///
/// # Errors
/// `Forbidden` for a form of another page; `Invalid` when there is no file, or one of more than `most` bytes; `Full` when
/// the disk has too little room. What was written then is removed.
pub async fn take(request: &HttpRequest, parts: Multipart, path: &Path, most: u64) -> Result<Upload> {
    let taken = read(request, parts, path, most).await;
    if taken.is_err() {
        // It may not even be there.
        let _ = std::fs::remove_file(path);
    }
    taken
}

async fn read(request: &HttpRequest, mut parts: Multipart, path: &Path, most: u64) -> Result<Upload> {
    let mut fields = Vec::new();
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(broken)?;
        let disposition = part.content_disposition();
        let name = disposition.and_then(|named| named.get_name()).unwrap_or_default().to_owned();
        let file_name = disposition.and_then(|named| named.get_filename()).map(str::to_owned);
        if let Some(file_name) = file_name {
            let form = Form::of(fields);
            check_sender(request, &form)?;
            let size = save(&mut part, path, most).await?;
            if size == 0 {
                return Err(Error::invalid("file", "Choose a file first; this one is empty."));
            }
            return Ok(Upload { form, file_name: shown_name(&file_name), size });
        }
        let mut value = BytesMut::new();
        while let Some(bytes) = part.next().await {
            value.extend_from_slice(&bytes.map_err(broken)?);
            if value.len() > LONGEST_FIELD {
                return Err(Error::invalid(name, "That is too long."));
            }
        }
        fields.push((name, String::from_utf8_lossy(&value).into_owned()));
    }
    check_sender(request, &Form::of(fields))?;
    Err(Error::invalid("file", "Choose a file first."))
}

/// Writes on a thread that may wait for the disk.
async fn save(part: &mut actix_multipart::Field, path: &Path, most: u64) -> Result<u64> {
    let (sender, mut receiver) = mpsc::channel::<actix_web::web::Bytes>(8);
    let path = path.to_owned();
    let writing = tokio::task::spawn_blocking(move || -> Result<()> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let reserve = Reserve::on(path.parent().unwrap_or(&path));
        reserve.check()?;
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let mut unchecked = 0;
        while let Some(bytes) = receiver.blocking_recv() {
            file.write_all(&bytes)?;
            unchecked += bytes.len();
            if unchecked > PIECE {
                reserve.check()?;
                unchecked = 0;
            }
        }
        Ok(file.sync_all()?)
    });
    let mut size = 0;
    while let Some(bytes) = part.next().await {
        let bytes = bytes.map_err(broken)?;
        size += bytes.len() as u64;
        if size > most {
            return Err(Error::invalid("file", too_large(most)));
        }
        // A writer that gave up says why below.
        if sender.send(bytes).await.is_err() {
            break;
        }
    }
    drop(sender);
    writing.await.map_err(Error::internal)??;
    Ok(size)
}

fn too_large(most: u64) -> String {
    format!(
        "The file has more than {} MB. Import it on the server instead: afterword import FILE --site KEY",
        most >> 20
    )
}

#[allow(clippy::needless_pass_by_value)] // the shape that `map_err` wants
fn broken(error: MultipartError) -> Error {
    Error::invalid("file", format!("The upload broke off ({error}). Please send it again."))
}

/// The last part of what a browser calls the file, in one line.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(200).collect()
}
