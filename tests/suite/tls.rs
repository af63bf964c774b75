//! HTTPS with a certificate from files.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::{Instance, between};

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/tls/{name}.pem", env!("CARGO_MANIFEST_DIR"))
}

/// A connection that trusts the certificate `one` alone.
fn connect(port: u16, protocols: &[&[u8]]) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("one")).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(("127.0.0.1", port)).unwrap());
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).expect("its certificate is the one from the file");
    }
    stream
}

#[test]
fn readers_are_answered_over_https_and_http_2_is_offered() {
    let instance = Instance::blog();
    let server = instance
        .start_with(&[("SERVER_TLS_CERTIFICATE", &fixture("one")), ("SERVER_TLS_KEY", &fixture("one.key"))]);
    assert!(server.printed.contains("https://127.0.0.1:"), "{}", server.printed);
    let port: u16 = between(&server.printed, "https://127.0.0.1:", "\n").trim().parse().unwrap();
    let mut stream = connect(port, &[b"http/1.1"]);
    stream.write_all(b"GET /t/blog/none HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");

    let mut stream = connect(port, &[b"http/1.1"]);
    let ask = b"GET /feeds/blog.atom HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(ask).unwrap();
    answer.clear();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("https://localhost/feeds/blog.atom"), "{answer}");

    let stream = connect(port, &[b"h2", b"http/1.1"]);
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
}

#[test]
fn files_that_do_not_fit_are_refused_at_start_in_words() {
    let instance = Instance::blog();
    for (chain, key, says) in [
        (fixture("one"), fixture("two.key"), "it is not the key of that certificate"),
        (fixture("one"), String::new(), "server.tls_key"),
        (fixture("none"), fixture("one.key"), "server.tls_certificate"),
        (fixture("one.key"), fixture("one.key"), "there is no certificate in it"),
    ] {
        let mut command = instance.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("AFTERWORD_SERVER_TLS_CERTIFICATE", &chain).env("AFTERWORD_SERVER_TLS_KEY", &key);
        let refusal = instance.try_start(command).err().expect("it does not start");
        assert!(refusal.contains(says), "{refusal}");
    }
}
