//! What takes a change back, carried in the address that the browser is sent to after it. It is signed, since an
//! address can come from anybody and its “Undo” would do whatever it says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::form_urlencoded::{Serializer, parse};

use crate::base::secrets::{InstanceKey, same};
use crate::web::frame::Flash;

type Fields = Vec<(String, String)>;

/// For the end of a query: the fields of the form that takes it back, and a proof that we wrote them.
pub fn write(key: &InstanceKey, action: &str, fields: &[(&str, String)]) -> String {
    let undo = Serializer::new(String::new()).extend_pairs(fields).finish();
    let proof = proof(key, action, &undo);
    Serializer::new(String::new()).append_pair("undo", &undo).append_pair("proof", &proof).finish()
}

/// What is told with the undo that an address carries, if this instance wrote it there for that form.
pub fn offer(key: &InstanceKey, told: Flash, action: String, undo: &str, given: &str) -> Flash {
    match read(key, &action, undo, given) {
        Some(fields) => told.with_undo_by(action, fields),
        None => told,
    }
}

/// The fields, if this instance wrote them for that form.
fn read(key: &InstanceKey, action: &str, undo: &str, given: &str) -> Option<Fields> {
    let is_ours = !undo.is_empty() && same(proof(key, action, undo).as_bytes(), given.as_bytes());
    is_ours.then(|| parse(undo.as_bytes()).into_owned().collect())
}

fn proof(key: &InstanceKey, action: &str, undo: &str) -> String {
    let tag = key.tag("way back", format!("{action}\n{undo}").as_bytes());
    URL_SAFE_NO_PAD.encode(&tag[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_wrote_for_that_form_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let key = InstanceKey::load_or_create(&folder.path().join("key")).unwrap();
        let fields = [("act", "title".to_owned()), ("title", "Bread & butter".to_owned())];
        let query = write(&key, "/admin/threads/1", &fields);
        let pairs: Vec<_> = parse(query.as_bytes()).into_owned().collect();
        let [(_, undo), (_, proof)] = &pairs[..] else { panic!("{query}") };
        let back = read(&key, "/admin/threads/1", undo, proof).unwrap();
        assert_eq!(back[1], ("title".into(), "Bread & butter".into()));
        assert_eq!(read(&key, "/admin/threads/2", undo, proof), None);
        assert_eq!(read(&key, "/admin/threads/1", "act=lock", proof), None);
        assert_eq!(read(&key, "/admin/threads/1", "", proof), None);
    }
}
