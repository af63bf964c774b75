//! Answers as ready-made bytes: once made, they are sent as they are to everyone who takes their encoding.

use std::io::{Error as IoError, Write};
use std::sync::OnceLock;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::base::secrets::hex;

const BROTLI_WINDOW: u32 = 20;
/// Smaller bodies fit into one packet as they are.
const WORTH_IT: usize = 512;

/// How the bytes of an answer are encoded (RFC 9110, 8.4), the one we like best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoding {
    Identity,
    Gzip,
    Zstd,
    Brotli,
}

impl Encoding {
    const PACKED: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// What a request accepts and we like best (RFC 9110, 12.5.3). Whoever refuses all of them is sent the bytes as
    /// they are.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Self {
        let Some(accepted) = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else {
            return Self::Identity;
        };
        Self::PACKED
            .into_iter()
            .find(|encoding| is_accepted(accepted, encoding.name()))
            .unwrap_or(Self::Identity)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Brotli => "br",
        }
    }

    fn encode(self, bytes: &[u8], effort: Effort) -> Result<Vec<u8>, IoError> {
        match self {
            Self::Identity => Ok(bytes.to_vec()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::new(effort.of(6, 9)));
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Zstd => zstd::bulk::compress(bytes, effort.of(9, 19)),
            Self::Brotli => {
                let mut encoder =
                    CompressorWriter::new(Vec::new(), bytes.len(), effort.of(5, 11), BROTLI_WINDOW);
                encoder.write_all(bytes)?;
                Ok(encoder.into_inner())
            }
        }
    }
}

/// How hard an encoder tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A few milliseconds for a long thread: for what changes.
    Quick,
    /// As small as it gets, for what is made once.
    Best,
}

impl Effort {
    fn of<T>(self, quick: T, best: T) -> T {
        if self == Self::Quick { quick } else { best }
    }
}

/// Whether a list such as `gzip, br;q=0, *;q=0.1` takes a coding. Weights beyond yes and no are left aside: whoever
/// takes several is served well by any.
fn is_accepted(list: &str, coding: &str) -> bool {
    let weight = |name: &str| {
        list.split(',').find_map(|one| {
            let (coding, rest) = one.split_once(';').unwrap_or((one, ""));
            coding.trim().eq_ignore_ascii_case(name).then(|| !is_zero(rest))
        })
    };
    weight(coding).or_else(|| weight("*")).unwrap_or(false)
}

fn is_zero(parameters: &str) -> bool {
    let weight = parameters.split(';').find_map(|one| one.trim().strip_prefix("q="));
    weight.is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0))
}

/// The bytes of an answer in one encoding.
#[derive(Clone, Debug)]
pub struct Ready {
    kind: &'static str,
    encoding: Encoding,
    /// Strong: other bytes have another one, and so has another encoding of the same (RFC 9110, 8.8.3).
    tag: HeaderValue,
    bytes: Bytes,
}

impl Ready {
    /// The bytes as they are, of that media type.
    #[must_use]
    pub fn new(kind: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self::encoded(kind, Encoding::Identity, bytes)
    }

    /// Bytes that are encoded already.
    #[must_use]
    pub fn encoded(kind: &'static str, encoding: Encoding, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let tag = format!("\"{}\"", hex(&Sha256::digest(&bytes)[..12]));
        let tag = HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { kind, encoding, tag, bytes }
    }

    /// The same in another encoding; as it is where that would gain nothing. It takes milliseconds of a processor.
    #[must_use]
    pub fn encode(&self, encoding: Encoding, effort: Effort) -> Self {
        let packed = (self.bytes.len() >= WORTH_IT).then(|| encoding.encode(&self.bytes, effort));
        match packed {
            Some(Ok(packed)) if packed.len() < self.bytes.len() => Self::encoded(self.kind, encoding, packed),
            _ => self.clone(),
        }
    }

    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The answer to a request: 304 for whoever has these bytes already.
    #[must_use]
    pub fn answer(&self, request: &HttpRequest, cache: &'static str) -> HttpResponse {
        let is_known = has(request.headers(), &self.tag);
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((ETAG, self.tag.clone()));
        response.insert_header((CACHE_CONTROL, HeaderValue::from_static(cache)));
        response.insert_header((VARY, HeaderValue::from_static("accept-encoding")));
        if is_known {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static(self.kind)));
        if self.encoding != Encoding::Identity {
            response.insert_header((CONTENT_ENCODING, HeaderValue::from_static(self.encoding.name())));
        }
        response.body(self.bytes.clone())
    }
}

/// What does not change while the process lives, in every encoding; each is made when it is first asked for.
#[derive(Debug)]
pub struct Fixed {
    plain: Ready,
    packed: [OnceLock<Ready>; Encoding::PACKED.len()],
}

impl Fixed {
    #[must_use]
    pub fn new(kind: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self { plain: Ready::new(kind, bytes), packed: Default::default() }
    }

    /// The same, gzipped already when it was built.
    #[must_use]
    pub fn gzipped(kind: &'static str, plain: impl Into<Bytes>, gzipped: impl Into<Bytes>) -> Self {
        let file = Self::new(kind, plain);
        if let Some(at) = Encoding::PACKED.iter().position(|one| *one == Encoding::Gzip) {
            file.packed[at].get_or_init(|| Ready::encoded(kind, Encoding::Gzip, gzipped));
        }
        file
    }

    /// The answer in the best encoding that the request accepts.
    #[must_use]
    pub fn answer(&self, request: &HttpRequest, cache: &'static str) -> HttpResponse {
        self.in_encoding(Encoding::accepted(request.headers())).answer(request, cache)
    }

    fn in_encoding(&self, encoding: Encoding) -> &Ready {
        match Encoding::PACKED.iter().position(|one| *one == encoding) {
            Some(at) => self.packed[at].get_or_init(|| self.plain.encode(encoding, Effort::Best)),
            None => &self.plain,
        }
    }
}

/// The answer with bytes that were made for this request, as they are: whoever keeps it may ask whether they are still
/// the same. Packing them is left to a middleware.
#[must_use]
pub fn made(
    request: &HttpRequest,
    kind: &'static str,
    cache: &'static str,
    bytes: impl Into<Bytes>,
) -> HttpResponse {
    let mut response = Ready::new(kind, bytes).answer(request, cache);
    response.headers_mut().remove(VARY);
    response
}

/// Whether `If-None-Match` names a tag (RFC 9110, 13.1.2); somebody on the way may have marked it as weak.
fn has(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|sent| {
        sent.split(',')
            .map(str::trim)
            .any(|one| one == "*" || one.trim_start_matches("W/").as_bytes() == tag.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(accept: &str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::try_from(accept).unwrap());
        Encoding::accepted(&headers)
    }

    #[test]
    fn the_encoding_is_one_that_is_accepted() {
        assert_eq!(best("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(best("gzip, zstd"), Encoding::Zstd);
        assert_eq!(best("GZIP;q=0.5"), Encoding::Gzip);
        assert_eq!(best("br;q=0, gzip"), Encoding::Gzip);
        assert_eq!(best("br; q=0.000, *"), Encoding::Zstd);
        assert_eq!(best("*;q=0"), Encoding::Identity);
        assert_eq!(best("deflate, brotli"), Encoding::Identity);
        assert_eq!(best(""), Encoding::Identity);
        assert_eq!(Encoding::accepted(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn each_encoding_has_the_same_words_and_a_tag_of_its_own() {
        let text = "the same words again and again, ".repeat(100);
        let plain = Ready::new("text/plain", text.clone());
        let mut tags = vec![plain.tag.clone()];
        for encoding in Encoding::PACKED {
            let packed = plain.encode(encoding, Effort::Quick);
            assert_eq!(packed.encoding, encoding);
            assert!(packed.bytes.len() < text.len() / 10);
            assert_eq!(unpacked(encoding, &packed.bytes), text.as_bytes());
            assert!(!tags.contains(&packed.tag));
            tags.push(packed.tag);
        }
    }

    #[test]
    fn what_packing_would_not_make_smaller_is_left_as_it_is() {
        let short = Ready::new("text/plain", "short");
        assert_eq!(short.encode(Encoding::Gzip, Effort::Best).encoding, Encoding::Identity);
        let mut noise = vec![0; 4096];
        getrandom::fill(&mut noise).unwrap();
        assert_eq!(
            Ready::new("text/plain", noise).encode(Encoding::Zstd, Effort::Best).encoding,
            Encoding::Identity
        );
    }

    fn unpacked(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
        use std::io::Read;
        let mut out = Vec::new();
        match encoding {
            Encoding::Identity => out.extend(bytes),
            Encoding::Gzip => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap()),
            Encoding::Zstd => out = zstd::decode_all(bytes).unwrap(),
            Encoding::Brotli => drop(brotli::Decompressor::new(bytes, 4096).read_to_end(&mut out).unwrap()),
        }
        out
    }
}
