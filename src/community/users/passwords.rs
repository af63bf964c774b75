//! Hashes of passwords: argon2id with the parameters OWASP names (19 MiB, 2 rounds), which are the crate's defaults,
//! written as PHC strings.

use std::cell::RefCell;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::base::error::{Error, Result};
use crate::base::secrets::{random_bytes, same};

thread_local! {
    /// What a hash is worked out in. Kept by the one thread that does it: memory of this size and alignment that is
    /// given back to the C library's allocator is not found again by it, so that each sign-in would take more.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// The hash of a password. Takes some tens of milliseconds, so never call it inside a transaction.
///
/// # Errors
/// When there is no memory for it.
pub fn hash(password: &str) -> Result<String> {
    let argon = Argon2::default();
    let salt: [u8; 16] = random_bytes();
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    work_out(&argon, password, &salt, &mut out).map_err(|error| Error::internal(error.to_string()))?;
    let phc = || -> Result<_, argon2::password_hash::phc::Error> {
        Ok(PasswordHash {
            algorithm: Algorithm::default().ident(),
            version: Some(Version::default().into()),
            params: ParamsString::try_from(argon.params()).unwrap_or_default(),
            salt: Some(Salt::new(&salt)?),
            hash: Some(Output::new(&out)?),
        })
    };
    Ok(phc().map_err(|error| Error::internal(error.to_string()))?.to_string())
}

/// Whether this is the password of that hash. Takes as long as [`hash`].
#[must_use]
pub fn is_of(hash: &str, password: &str) -> bool {
    let Ok(phc) = PasswordHash::new(hash) else { return false };
    let (Some(salt), Some(known)) = (&phc.salt, &phc.hash) else { return false };
    let (Ok(algorithm), Ok(params)) = (Algorithm::try_from(phc.algorithm.as_str()), Params::try_from(&phc))
    else {
        return false;
    };
    let version = phc.version.and_then(|version| Version::try_from(version).ok()).unwrap_or_default();
    let mut out = vec![0; known.len()];
    let argon = Argon2::new(algorithm, version, params);
    work_out(&argon, password, salt, &mut out).is_ok() && same(&out, known.as_ref())
}

fn work_out(argon: &Argon2<'_>, password: &str, salt: &[u8], out: &mut [u8]) -> Result<(), argon2::Error> {
    let blocks = argon.params().block_count();
    MEMORY.with_borrow_mut(|memory| {
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        argon.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory[..blocks])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_a_phc_string_of_its_own_and_knows_its_password() {
        let (one, other) = (hash("correct horse battery").unwrap(), hash("correct horse battery").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "each has a salt of its own");
        assert!(is_of(&one, "correct horse battery") && !is_of(&one, "incorrect horse battery"));
        assert!(!is_of("rubbish", "correct horse battery"));
    }

    #[test]
    fn a_hash_made_elsewhere_is_understood() {
        use argon2::password_hash::PasswordHasher;
        let weak = Argon2::from(Params::new(64, 1, 1, None).unwrap());
        let made = weak.hash_password_with_salt(b"a password", b"salt of sixteen!").unwrap().to_string();
        assert!(is_of(&made, "a password") && !is_of(&made, "another"));
    }
}
